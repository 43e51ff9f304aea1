"""What helps whoever labels: which papers next, which labels look wrong, and a guide."""
