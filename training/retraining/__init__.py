"""Retraining from new labels: data, candidate, judgement, jobs, and forgetting a paper."""
