"""From logits and gold to calibrated probabilities, thresholds, and an OOD detector."""
