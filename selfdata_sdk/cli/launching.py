"""The sandbox of one command, which starts while the command still loads what it needs itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..host.sandbox.launching import Launched


@contextmanager
def launching(trust: bool) -> Iterator[Launched | None]:
    """What `advice.sandboxed` takes; none for code that is trusted. It ends with the command, whoever took it."""
    if trust:
        yield None
        return
    from ..host.sandbox.launching import launch

    launched = launch()
    try:
        yield launched
    finally:
        launched.end()
