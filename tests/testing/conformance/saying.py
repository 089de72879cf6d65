"""A service that asks for nothing and gives the same blocks wherever it is tried."""

from __future__ import annotations

from collections.abc import Iterable

from selfdata_sdk import Block, Context, Text, service
from selfdata_sdk.testing.conformance.report import Finding, examine
from selfdata_sdk.testing.conformance.rules import RULES
from selfdata_sdk.testing.conformance.subject import Subject


def saying(*blocks: Block) -> Subject:
    @service(
        id="org.example.saying",
        name=Text(en="Saying", fr="Dire"),
        summary=Text(en="Says what it is told to say.", fr="Dit ce qu'on lui dit de dire."),
    )
    def said(context: Context) -> Iterable[Block]:
        return blocks

    return Subject(said)


def found(rule: str, subject: Subject) -> Finding:
    """What becomes of the rule of that id."""
    (checked,) = (r for r in RULES if r.id == rule)
    return examine(checked, subject)


def wrong(rule: str, *blocks: Block) -> list[str]:
    """Where a service that gives these blocks breaks the rule."""
    return [problem.where for problem in found(rule, saying(*blocks)).problems]
