"""The commands of README and docs/, run as a reader would."""
