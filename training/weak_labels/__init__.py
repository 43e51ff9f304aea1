"""From votes to soft labels: rates of the votes, the label model, baselines, and the report on the terminal."""
