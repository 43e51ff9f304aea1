"""What every call goes through, whatever its route: reading, deadlines, errors, log."""
