"""Retraining from new labels: its inputs, the candidate model, the gate that compares it, and jobs."""
