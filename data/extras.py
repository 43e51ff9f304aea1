"""How to install what areatag needs only for some things."""


def how_to_install(extra: str) -> str:
    """The command that installs an extra: from the package, and in a clone, whose name pip does not know."""
    clone = "make train-extra" if extra == "train" else f".venv/bin/pip install -c constraints.txt -e '.[{extra}]'"
    return f"pip install 'areatag[{extra}]' (in a clone of areatag: {clone})"
