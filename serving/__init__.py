"""How people and programs reach the tagger: the command line, labelling of files, and the REST service."""
