"""The trained model: its artefact, the CPU and GPU runtimes, the tagger and the records it returns."""
