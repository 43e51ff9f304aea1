"""Labelling of files and streams: papers in, records and rejects out, killed and resumed."""
