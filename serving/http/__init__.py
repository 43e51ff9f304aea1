"""What every call goes through, whatever its route: limits, access, errors, log, metrics, and the API document."""
