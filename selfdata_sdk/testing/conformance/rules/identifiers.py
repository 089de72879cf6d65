"""Nothing that identifies a home or a person is in what a service says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ....model import Table
from ....model.column import Codes
from ....model.text import Text
from ....service.blocks import Alert, Block
from ....service.manifest import Manifest
from ..case import Case
from ..rule import Problem, Rule
from ..said import in_blocks, place_in, texts
from ..subject import Subject, Trial

SHORTEST, SHORTEST_NUMBER = 4, 6
"""Characters below which a value says too little to know it again; one of digits alone may be any amount or year."""

_PATTERNS = (
    (
        re.compile(r"(?<!\d)\d{14}(?!\d)"),
        Text(
            en="It holds a number of 14 digits, as supply points have.",
            fr="Il contient un nombre de 14 chiffres, comme en ont les points de livraison.",
        ),
    ),
    (
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}"),
        Text(en="It holds the number of a bank account.", fr="Il contient un numéro de compte bancaire."),
    ),
    (
        re.compile(r"[\w.+-]+@[\w-]+\.\w[\w.-]*"),
        Text(en="It holds an e-mail address.", fr="Il contient une adresse électronique."),
    ),
    (
        re.compile(r"(?<!\d)(?:\+33|0033|0)[ .]?[1-9](?:[ .-]?\d{2}){4}(?!\d)"),
        Text(en="It holds a telephone number.", fr="Il contient un numéro de téléphone."),
    ),
)


def no_identifiers(subject: Subject) -> Iterator[Problem]:
    def faults(block: Block, trial: Trial) -> Iterator[tuple[str, Text]]:
        told = {path: _identifier(line, trial.case, subject.manifest) for path, line in _lines(block)}
        shown = block if told["id"] is None else block.model_copy(update={"id": "…"})
        yield from ((place_in(shown, path), what) for path, what in told.items() if what is not None)

    return in_blocks(subject, faults)


def _lines(block: Block) -> Iterator[tuple[str, str]]:
    """The id, the key and every text, with the part of the block that holds it."""
    yield "id", block.id
    if isinstance(block, Alert) and "key" in block.model_fields_set:
        yield "key", block.key
    for path, text in texts(block):
        yield path, f"{text.en} | {text.fr}"


def _identifier(line: str, case: Case, manifest: Manifest) -> Text | None:
    plain = _plain(line)
    for name, value in identifiers(case):
        if f" {value} " in f" {plain} ":
            return Text(
                en=f"It holds what identifies the household: its {name}.",
                fr=f"Il contient ce qui identifie le foyer : son {name}.",
            )
    for pattern, what in _PATTERNS:
        if (match := pattern.search(line)) is not None and _plain(match[0]) not in _declared(manifest):
            return what
    return None


def _declared(manifest: Manifest) -> set[str]:
    """The numbers and the address that the person was told beforehand."""
    numbers = (phone.number for phone in manifest.outputs.numbers.values())
    return {_plain(text) for text in (*numbers, manifest.publisher.contact or "")}


@cache
def identifiers(case: Case) -> frozenset[tuple[str, str]]:
    """What identifies the household in its data: each field with its type, and a value of it as it is compared."""
    found = ((name, _plain(value)) for table in case.tables() for name, value in _identifying(table))
    return frozenset((name, value) for name, value in found if len(value) >= _shortest(value))


def _shortest(value: str) -> int:
    return SHORTEST_NUMBER if value.replace(" ", "").isdigit() else SHORTEST


def _identifying(table: Table) -> Iterator[tuple[str, str]]:
    kind, parts = table.record_type, table.record_type.series_fields
    for name in kind.facts.identifying:
        if name in parts:
            words: tuple[str, ...] = (getattr(table.series, parts[name]),)
        else:
            words = column.words if isinstance(column := table.column(name), Codes) else ()
        yield from ((f"{name} ({kind.type})", word) for word in words)


def _plain(text: str) -> str:
    """Lower case, words apart by one space, however they are set apart; digits that are written in groups together."""
    spaced = re.sub(r"[^\w]+|_+", " ", text.casefold()).strip()
    return re.sub(r"(?<=\d) (?=\d)", "", spaced)


RULES = (
    Rule(
        id="no-identifiers",
        level="trustworthy",
        title=Text(
            en="It never writes out what identifies a home or a person",
            fr="Il n'écrit jamais ce qui identifie un logement ou une personne",
        ),
        why=Text(
            en="What a service says is shown, printed and shared; a supply point or an address says whose it is.",
            fr="Ce que dit un service est montré, imprimé, partagé ; un point de livraison ou une adresse dit de qui "
            "il s'agit.",
        ),
        fix=Text(
            en="Leave it out of texts, ids and keys; ask for the field as a Pseudonym, or not at all. Give telephone "
            "numbers as an Action of [tool.selfdata.numbers].",
            fr="Retirez-le des textes, des id et des clés ; demandez le champ comme Pseudonym, ou pas du tout. Donnez les "
            "numéros de téléphone par une Action de [tool.selfdata.numbers].",
        ),
        check=no_identifiers,
    ),
)
