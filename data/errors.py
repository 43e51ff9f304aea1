"""Errors whose message is written for the user: what is wrong, where, and what to do."""


class AreatagError(Exception):
    """The work failed; the message is complete and can be shown as it is."""

    exit_code = 1


class UsageError(AreatagError):
    """A wrong option, path or format, which the user can correct in the command."""

    exit_code = 2
