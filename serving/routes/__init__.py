"""What each call of the REST service does."""
