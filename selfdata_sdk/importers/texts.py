"""Which texts the built-in importers can say. Whoever runs them apart believes no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ..model import Text

LONGEST = 60
"""Characters that a value in a text has at most."""


def is_own(text: Text) -> bool:
    """True if an importer holds `text` as a constant, or one that it becomes by filling in values."""
    plain, forms = _known()
    return text in plain or any(en.fullmatch(text.en) and fr.fullmatch(text.fr) for en, fr in forms)


Form = tuple[re.Pattern[str], re.Pattern[str]]


@cache
def _known() -> tuple[frozenset[Text], tuple[Form, ...]]:
    found = frozenset(_constants())
    return found, tuple((_form(t.en), _form(t.fr)) for t in found if "{" in t.en)


def _constants() -> Iterator[Text]:
    """The texts that stand in the importers' modules by a name of their own, or in a mapping."""
    assert __package__
    for module in iter_modules(import_module(__package__).__path__, f"{__package__}."):
        for value in vars(import_module(module.name)).values():
            for text in value.values() if isinstance(value, dict) else (value,):
                if isinstance(text, Text):
                    yield text


def _form(text: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", f".{{1,{LONGEST}}}", re.escape(text)))
