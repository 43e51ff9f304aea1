"""From logits and gold to calibrated probabilities, thresholds, and the check of texts that are no papers."""
