"""What a person sees of work that takes longer than a second: only on a terminal, on stderr, gone afterwards."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status
    from rich.text import Text

AFTER_SECONDS = 1.0


class Waiting:
    """Says what is being done. `tell` changes the words."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._lock = threading.Lock()
        self._shown: Status | None = None
        self._over = False

    def tell(self, words: str) -> None:
        with self._lock:
            self._words = words
            if self._shown is not None:
                self._shown.update(_text(words))

    def _show(self) -> None:
        from rich.console import Console

        with self._lock:
            if not self._over:
                status = Console(stderr=True, markup=False).status(_text(self._words))
                status.start()
                self._shown = status

    def _end(self) -> None:
        with self._lock:
            self._over = True
            if self._shown is not None:
                self._shown.stop()


def _text(words: str) -> Text:
    from rich.text import Text

    return Text(words)


@contextmanager
def waiting(words: str) -> Iterator[Waiting]:
    """Show `words` with a moving sign once the work inside has taken a second."""
    sign = Waiting(words)
    if not sys.stderr.isatty():
        yield sign
        return
    timer = threading.Timer(AFTER_SECONDS, sign._show)
    timer.daemon = True
    timer.start()
    try:
        yield sign
    finally:
        timer.cancel()
        sign._end()
