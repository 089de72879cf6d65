"""Which of the two languages the command line speaks, and its own texts in both.

`selfdata_sdk.model.Text` does the same with cleaning and validation; this is for texts that are shown before
anything heavy may be imported.
"""

from __future__ import annotations

import os
from typing import NamedTuple

_spoken = ["en"]


class Words(NamedTuple):
    """One text of the command line in English and French."""

    en: str
    fr: str

    def __str__(self) -> str:
        return self.fr if _spoken[0] == "fr" else self.en


def say(en: str, fr: str) -> str:
    """The text in the language in use."""
    return fr if _spoken[0] == "fr" else en


def spoken() -> str:
    """The language in use: en or fr."""
    return _spoken[0]


def number(value: int) -> str:
    """A number as the language in use writes it: 17,345 or 17 345."""
    from ..model.wording import wording

    return wording(value, spoken())


def speak(language: str) -> None:
    """Use `language` from here on."""
    _spoken[0] = "fr" if language.lower().startswith("fr") else "en"


def of_the_system() -> str:
    """The language of the person's locale: fr, or en for any other."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "fr" if value.lower().startswith("fr") else "en"
    if os.name == "nt":
        import locale

        return "fr" if (locale.getlocale()[0] or "").lower().startswith("fr") else "en"
    return "en"
