"""Names in the labels of banks: of whom a line is, without what changes from line to line."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache

from .references import known

LONGEST = 32  # characters of a name that is shown
OLDEST = 45  # days between the use of a card and its booking

_WORD = re.compile(r"[^\W_]+")
_DAY = re.compile(r"(?<!\d)(\d{2})[/.-](\d{2})(?![\d/.-]*\d{3})|\bDU (\d{2})(\d{2})\d{2}\b")


@lru_cache(maxsize=8192)
def words(label: str) -> tuple[str, ...]:
    """The words of a label that name somebody, in capitals without accents: no numbers, no ways of paying."""
    found = _WORD.findall(plain(label).upper())
    return tuple(w for w in found if len(w) > 1 and w.isalpha() and w not in known("ways_of_paying"))


def plain(text: str) -> str:
    """Without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def shown(label: str) -> str:
    """The name as a person reads it."""
    name = " ".join(words(label)).title() or "…"
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"


def likeness(name: str, label: str) -> float:
    """The share of the words of a name that stand in a label, 0 to 1. Labels shorten words and leave out blanks."""
    wanted, found = words(name), words(label)
    together = "".join(found)
    return sum(w in together or any(len(f) > 3 and w.startswith(f) for f in found) for w in wanted) / max(
        len(wanted), 1
    )


def day_in(label: str, booked: date) -> date | None:
    """The day on which a card was used, where the label says it like 12/03: the last one before it was booked."""
    for match in _DAY.finditer(label.upper()):
        day, month = (int(part) for part in match.groups() if part is not None)
        for year in (booked.year, booked.year - 1):
            try:
                used = date(year, month, day)
            except ValueError:
                continue
            if timedelta() <= booked - used <= timedelta(days=OLDEST):
                return used
    return None
