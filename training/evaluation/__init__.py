"""How good a model is, measured on gold."""
