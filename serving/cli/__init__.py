"""The command `areatag`: one file per group of commands."""
