"""What a service says: every text of its manifest, and of its blocks on the households on which it is tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from pydantic import BaseModel

from ...model.text import Text
from ...model.wording import SYMBOLS
from ...service.blocks import Block
from .households import few
from .rule import Problem
from .subject import Subject, Trial

_LETTERS = re.compile(r"[^\W\d_]+")
_UNITS = frozenset(_LETTERS.findall(" ".join(s for pair in SYMBOLS.values() for s in pair).casefold()))
_PLAIN = _UNITS - {"days", "jours", "day", "jour", "person", "personne"} | {"m", "s", "min", "km", "kg", "am", "pm"}


@cache
def tried(subject: Subject) -> tuple[Trial, ...]:
    """The runs on a few households, and on one that has no data."""
    cases = few(subject)
    return tuple(map(subject.trial, (*cases, cases[0].damaged(_WITHOUT_DATA, lambda table: None))))


_WITHOUT_DATA = Text(en="without data", fr="sans données")


def texts(part: BaseModel) -> Iterator[tuple[str, Text]]:
    """Each text in a manifest or block with its path, without that which is made of the others."""
    for name in type(part).model_fields:
        if name != "fallback" or name in part.model_fields_set:
            yield from _inside(getattr(part, name), name)


def _inside(value: object, path: str) -> Iterator[tuple[str, Text]]:
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, BaseModel):
        yield from ((f"{path}.{inner}", text) for inner, text in texts(value))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _inside(item, f"{path}.{name}")
    elif isinstance(value, tuple):
        for item in value:
            yield from _inside(item, path)


def place_in(block: Block, path: str) -> str:
    return f"{block.kind} “{block.id}”, {path}"


def in_texts(subject: Subject, fault: Callable[[Text], Text | None]) -> Iterator[Problem]:
    """What is wrong with the texts of the manifest, but for the service's name, and of the blocks; each part once."""
    asked = [(path, text) for path, text in texts(subject.manifest) if path != "name"]
    yield from (Problem(what, where) for where, what in _wrong(asked, fault).items())

    def faults(block: Block, trial: Trial) -> Iterable[tuple[str, Text]]:
        return _wrong(((place_in(block, path), text) for path, text in texts(block)), fault).items()

    yield from in_blocks(subject, faults)


def _wrong(said: Iterable[tuple[str, Text]], fault: Callable[[Text], Text | None]) -> dict[str, Text]:
    return {where: what for where, text in said if (what := fault(text)) is not None}


def in_blocks(subject: Subject, faults: Callable[[Block, Trial], Iterable[tuple[str, Text]]]) -> Iterator[Problem]:
    """What is wrong with the blocks, each part once. `faults`: parts of a block, and what is wrong there."""
    seen: set[str] = set()
    for trial in tried(subject):
        for block in trial.blocks:
            for where, what in faults(block, trial):
                if where not in seen:
                    seen.add(where)
                    yield Problem(on(what, trial.title), where)


def on(what: Text, place: Text) -> Text:
    """A problem, with where it was seen."""
    return Text(en=f"{what.en.rstrip('.')}: {place.en}.", fr=f"{what.fr.rstrip('.')}\N{NO-BREAK SPACE}: {place.fr}.")


def words(text: str) -> list[str]:
    """The words of a text in lower case: no numbers, no units."""
    return [w for w in _LETTERS.findall(text.casefold()) if w not in _PLAIN]


def repeats(text: Text, *others: Text) -> bool:
    """True if, in either language, the text has fewer than three words, or none that is not in the others."""
    return any(
        len(said) < 3 or set(said) <= {w for o in others for w in words(o.say(language))}
        for language in ("en", "fr")
        for said in [words(text.say(language))]
    )
