from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import pytest

from selfdata_sdk import Block, Context, NoInsight, Text, service
from selfdata_sdk.testing.conformance.subject import Subject

from .saying import found


def named(name: Callable[[datetime], str]) -> Subject:
    """A service whose only block has the id that its clock gives."""

    @service(
        id="org.example.named",
        name=Text(en="Named", fr="Nommé"),
        summary=Text(en="Names its block.", fr="Nomme son bloc."),
    )
    def naming(context: Context) -> Iterable[Block]:
        yield NoInsight(id=name(context.now), reason="nothing_new", help=Text(en="Come back.", fr="Revenez."))

    return Subject(naming)


@pytest.mark.parametrize(
    "name",
    [
        lambda now: f"day-{now:%Y-%m-%d}",
        lambda now: f"{now:%B}".lower(),
        lambda now: f"day-{now:%a}".lower(),
        lambda now: f"n{now:%j}",
        lambda now: f"of-{hash(now.date()) & 0xFFFFFFFFFFFF:012x}",
    ],
    ids=["date", "month", "weekday", "number", "hash"],
)
def test_an_id_made_of_the_day_changes(name: Callable[[datetime], str]) -> None:
    problems = found("stable-ids", named(name)).problems
    assert len(problems) == 1
    assert not any(c.isdigit() for c in problems[0].where)


def test_blocks_may_come_and_go() -> None:
    assert found("stable-ids", named(lambda now: "autumn" if now.month > 9 else "summer")).outcome == "kept"
    assert found("stable-ids", named(lambda now: "top-3")).outcome == "kept"
