"""Weak labels, fine-tuning, calibration, evaluation and retraining."""
