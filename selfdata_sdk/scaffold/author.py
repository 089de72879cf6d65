"""Who is at the keyboard, as far as the machine knows."""

from __future__ import annotations

import getpass
from collections.abc import Iterator

from .git import output


def author() -> Iterator[str]:
    """The likeliest first: git's author, else the system's user."""
    name, address = output("config", "user.name"), output("config", "user.email")
    if name and address:
        yield f"{name} <{address}>"
    if name:
        yield name
    try:
        yield getpass.getuser()
    except (ImportError, KeyError, OSError):  # a user without a name
        return
