"""Encoders that a training starts from, and embeddings by them."""
