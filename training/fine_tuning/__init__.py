"""From labels to a trained encoder with its heads."""
