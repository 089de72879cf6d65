"""Opening a home that should hold data already."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ..errors import RequestError

if TYPE_CHECKING:
    from ..host.home import Home
    from ..store import PersonalStore


def opened(home: Home) -> AbstractContextManager[PersonalStore]:
    """The store of a home; RequestError if there is none yet, so that a wrong --home does not make one."""
    refuse_missing(home)
    return home.open()


def refuse_missing(home: Home) -> None:
    """RequestError if nothing was ever stored in a home."""
    if not home.exists:
        raise RequestError(
            "There are no data here yet.", where=str(home.path), next="Bring some in with `selfdata import FILE`."
        )
