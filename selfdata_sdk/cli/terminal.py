"""What the terminal can show: its encoding, its width, and whether a person sits before it."""

from __future__ import annotations

import codecs
import json
import os
import sys
import unicodedata
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_PLAIN = {"\u202f": " ", "\u2192": "->", "\u2265": ">=", "\u2264": "<=", "\u2022": "*", "\u2713": "x", "\u2212": "-"}


def _plain_letters(error: UnicodeError) -> tuple[str, int]:
    """Characters that the terminal's encoding lacks, as the nearest that it has."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain_letter, error.object[error.start : error.end])), error.end


def _plain_letter(letter: str) -> str:
    if letter in _PLAIN:
        return _PLAIN[letter]
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"


def make_printable() -> None:
    """Let no text fail to print, whatever the console's encoding (cp1252 on Windows, say)."""
    codecs.register_error("selfdata", _plain_letters)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="selfdata")


def can_show(letters: str, stream: TextIO | None = None) -> bool:
    """True if the output's encoding has all of `letters`."""
    try:
        letters.encode((stream or sys.stdout).encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def tell(text: str, *, err: bool = False) -> None:
    """Print one text to stdout, or to stderr."""
    print(text, file=sys.stderr if err else sys.stdout)


# rich breaks lines at no-break spaces. While it lays out a text, letters of the private use area stand for them.
_STAND_INS = {0x00A0: 0xF8F0, 0x202F: 0xF8F1}
_BACK = {stand_in: space for space, stand_in in _STAND_INS.items()}


def unbroken(text: str) -> str:
    """`text` as it must be given to a `console()`, so that no line breaks at a no-break space."""
    return text.translate(_STAND_INS)


def plain(text: str, style: str = "") -> Text:
    """A text for a `console()`: no markup, no-break spaces kept."""
    from rich.text import Text

    return Text(unbroken(text), style=style)


def inset(out: Console, text: str) -> None:
    """Print a text two columns in, also the lines that follow from breaking it."""
    for line in plain(text).wrap(out, out.width - 2):
        line.rstrip()
        out.print(plain("  ") + line)


class _Output:
    """stdout, with the stand-ins put back to the spaces that they stand for."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text.translate(_BACK))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def console() -> Console:
    """Where people look: colours only on a terminal and without NO_COLOR, never markup from texts."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 100
    return Console(file=cast(TextIO, _Output(sys.stdout)), markup=False, highlight=False, emoji=False, width=width)


def print_json(value: Any) -> None:
    """One JSON document for programs, in any encoding."""
    plain = not (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=plain, indent=2))
