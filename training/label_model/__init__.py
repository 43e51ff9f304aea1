"""From votes to soft labels: rates of the votes, the label model, and baselines."""
