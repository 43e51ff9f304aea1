"""The recipe that makes the bundled model, from the base encoder and papers to a model directory, in cached stages."""
