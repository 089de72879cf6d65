from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import pytest

from selfdata_sdk import Alert, Block, Context, Dataset, Need, NoInsight, Row, Text, service
from selfdata_sdk.model import SupplyContract
from selfdata_sdk.testing.conformance.households import few
from selfdata_sdk.testing.conformance.rules.identifiers import identifiers
from selfdata_sdk.testing.conformance.subject import Subject

from .saying import found, wrong


def helping(en: str) -> NoInsight:
    return NoInsight(id="none", reason="nothing_new", help=Text(en=en, fr="Rien de neuf."))


@pytest.mark.parametrize(
    "text",
    [
        "Point 14512345678901 is yours.",
        "Pay to FR7630006000011234567890189.",
        "Pay to FR76 3000 6000 0112 3456 7890 189.",
        "Write to ada@example.org.",
        "Call 04 78 12 34 56.",
        "Call +33 4 78 12 34 56.",
        "Call 0478123456.",
    ],
)
def test_what_looks_like_an_identifier_is_one(text: str) -> None:
    assert wrong("no-identifiers", helping(text)) == ["no_insight “none”, help"]


@pytest.mark.parametrize(
    "text", ["On 2026-03-12 it was 1,234,567 L.", "In 2025 and 2026.", "At 08:00, 12 34 56.", "Rule FR76.", "You@home"]
)
def test_other_numbers_and_signs_are_none(text: str) -> None:
    assert wrong("no-identifiers", helping(text)) == []


class Contract(Row[SupplyContract]):
    number: str


CONTRACT = Need(why=Text(en="Say which contract it is", fr="Dire de quel contrat il s'agit"))


@service(
    id="org.example.naming",
    name=Text(en="Naming", fr="Nommer"),
    summary=Text(en="Names the contract.", fr="Nomme le contrat."),
)
def naming(context: Context, contract: Annotated[Dataset[Contract], CONTRACT]) -> Iterable[Block]:
    for row in contract:
        yield Alert(
            id=f"of-{row.number.lower()}",
            key=f"since-{row.number.lower()}",
            severity="info",
            what=Text(en="A contract ends soon", fr="Un contrat finit bientôt"),
            what_to_do=Text(en=f"Look for {row.number}.", fr=f"Cherchez {row.number}."),
        )


def test_a_households_own_are_found_in_ids_keys_and_texts_and_not_told() -> None:
    subject = Subject(naming)
    problems = found("no-identifiers", subject).problems
    assert [p.where for p in problems] == ["alert “…”, id", "alert “…”, key", "alert “…”, what_to_do"]
    values = {value for case in few(subject) for _, value in identifiers(case)}
    assert values
    assert not [v for v in values for p in problems if v in f"{p.what.en} {p.what.fr} {p.where}".casefold()]
