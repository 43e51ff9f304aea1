"""A model in the formats of others: what all of them carry, and Hugging Face's (`training.export` makes ONNX's)."""
