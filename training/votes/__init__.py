"""Labelling functions: cheap, noisy sources that vote for or against areas of a paper, or abstain."""
