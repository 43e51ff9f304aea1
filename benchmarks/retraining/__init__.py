"""What retraining promises, measured: `python -m benchmarks.retraining`."""
