"""A labelling function over any OpenAI-compatible endpoint: a language model reads papers and names their areas."""
