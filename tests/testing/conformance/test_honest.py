"""What is asked for is held against what is used, and nobody is accused where no data could show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Annotated

import numpy as np

from selfdata_sdk import Block, Card, Context, Dataset, Need, NoInsight, Row, Save, Text, service
from selfdata_sdk.model import ElectricityUse, HouseholdProfile, Record, SupplyAlert, Tariff, WaterUse
from selfdata_sdk.testing.conformance.report import Finding, examine
from selfdata_sdk.testing.conformance.rules import honest
from selfdata_sdk.testing.conformance.subject import Subject

WHY = Text(en="Say something about the home", fr="Dire quelque chose du logement")
FIELDS, PERIOD, GRANULARITY, NEEDS, _ = honest.RULES


class Use(Row[WaterUse]):
    litres: float


class Flow(Row[WaterUse]):
    min_flow: float | None


class Start(Row[WaterUse]):
    start: datetime


class Load(Row[ElectricityUse]):
    energy: float


class Home(Row[HouseholdProfile]):
    occupants: int


class Price(Row[Tariff]):
    name: str


class Told(Row[SupplyAlert]):
    kind: str


def made(function: Callable[..., Iterable[Block]], produces: Sequence[type[Record]] = ()) -> Subject:
    make = service(
        id="org.example.made",
        name=Text(en="Made", fr="Fait"),
        summary=Text(en="Of a test.", fr="D'un test."),
        produces=produces,
    )
    return Subject(make(function))


def says(value: object) -> Block:
    return Card(
        id="said",
        headline=Text(en="It is {value}", fr="C'est {value}").fill(value=str(value)),
        body=WHY,
        why=WHY,
    )


def nothing() -> Block:
    return NoInsight(id="said", reason="not_enough_data", help=WHY)


def places(finding: Finding) -> list[str]:
    return [p.where for p in finding.problems]


def test_a_field_that_matters_only_by_day_is_used() -> None:
    def of_days(
        context: Context, water: Annotated[Dataset[Flow], Need(WHY, granularity="hour", at_worst="day")]
    ) -> Iterable[Block]:
        yield says(float(np.nansum(water.column("min_flow"))) if water.granularity == "day" else len(water))

    assert examine(FIELDS, made(of_days)).outcome == "kept"


def test_a_field_that_matters_nowhere_is_named() -> None:
    def of_none(context: Context, water: Annotated[Dataset[Use], Need(WHY)]) -> Iterable[Block]:
        yield says(len(water))

    assert places(examine(FIELDS, made(of_none))) == ["water.litres"]


def test_a_need_of_times_alone_is_used_if_its_rows_matter() -> None:
    def of_rows(context: Context, water: Annotated[Dataset[Start], Need(WHY)]) -> Iterable[Block]:
        yield says(len(water))

    def of_none(context: Context, water: Annotated[Dataset[Start], Need(WHY)]) -> Iterable[Block]:
        yield nothing()

    assert examine(FIELDS, made(of_rows)).outcome == "kept"
    assert places(examine(FIELDS, made(of_none))) == ["water"]


def test_a_field_that_no_persona_has_is_invented() -> None:
    def of_prices(
        context: Context, prices: Annotated[Dataset[Price], Need(WHY)], home: Annotated[Dataset[Home], Need(WHY)]
    ) -> Iterable[Block]:
        yield says(len(prices) + sum(h.occupants for h in home))

    assert places(examine(FIELDS, made(of_prices))) == ["prices.name"]


def test_what_a_service_saves_is_read_after_it_ran() -> None:
    def saving(
        context: Context,
        water: Annotated[Dataset[Use], Need(WHY)],
        told: Annotated[Dataset[Told], Need(WHY, without=WHY)],
    ) -> Iterable[Block]:
        yield Save.of("kept", SupplyAlert, at=context.now, kind="own", commodity="water")
        yield says(f"{sum(t.kind == 'own' for t in told)}, {water.column('litres').sum()}")

    subject = made(saving, produces=(SupplyAlert,))
    assert examine(FIELDS, subject).outcome == "kept"
    assert examine(PERIOD, subject).outcome == "kept"


def test_what_it_never_saves_nobody_can_tell() -> None:
    def unsaving(
        context: Context,
        water: Annotated[Dataset[Use], Need(WHY)],
        told: Annotated[Dataset[Told], Need(WHY, without=WHY)],
    ) -> Iterable[Block]:
        yield says(f"{len(told)}, {water.column('litres').sum()}")

    finding = examine(FIELDS, made(unsaving, produces=(SupplyAlert,)))
    assert finding.outcome == "not_verified"
    assert finding.why is not None
    assert "told.kind" in finding.why.en


def test_a_need_of_which_nothing_is_used_is_told_once() -> None:
    def of_none(
        context: Context, water: Annotated[Dataset[Use], Need(WHY, granularity="hour", back="P5Y")]
    ) -> Iterable[Block]:
        yield nothing()

    subject = made(of_none)
    assert examine(FIELDS, subject).outcome == "broken"
    assert examine(PERIOD, subject).outcome == "kept"
    assert examine(GRANULARITY, subject).outcome == "kept"


def test_a_period_longer_than_a_persona_is_tried_on_more_years() -> None:
    def looking(days: int) -> Subject:
        def look(context: Context, water: Annotated[Dataset[Use], Need(WHY, back="P6Y")]) -> Iterable[Block]:
            yield says(water.column("litres")[-days:].sum())

        return made(look)

    assert examine(PERIOD, looking(6 * 365)).outcome == "kept"
    assert places(examine(PERIOD, looking(365))) == ["water"]


def test_the_last_of_what_is_rare_may_be_long_ago() -> None:
    def of_last(
        context: Context,
        told: Annotated[Dataset[Told], Need(WHY, back="P60D")],
        home: Annotated[Dataset[Home], Need(WHY)],
    ) -> Iterable[Block]:
        last = told.latest()
        yield says(last.kind if last else "none")

    assert examine(PERIOD, made(of_last)).outcome == "kept"


def test_the_period_of_what_holds_until_it_changes_is_not_judged() -> None:
    def of_home(context: Context, home: Annotated[Dataset[Home], Need(WHY, back="P10Y")]) -> Iterable[Block]:
        described = home.latest()
        yield says(described.occupants if described else 0)

    assert examine(PERIOD, made(of_home)).outcome == "kept"


def test_raw_data_are_held_against_what_is_coarser_than_they_are() -> None:
    def looking(granularity: str) -> Subject:
        def look(
            context: Context, load: Annotated[Dataset[Load], Need(WHY, granularity="raw", back="P30D")]
        ) -> Iterable[Block]:
            used = load if granularity == "raw" else load.by("hour")
            yield says(used.column("energy").max() if len(used) else 0)

        return made(look)

    assert examine(GRANULARITY, looking("raw")).outcome == "kept"
    assert places(examine(GRANULARITY, looking("hour"))) == ["load"]


def test_a_service_that_runs_nowhere_is_not_judged() -> None:
    def failing(context: Context, water: Annotated[Dataset[Use], Need(WHY)]) -> Iterable[Block]:
        raise ValueError

    subject = made(failing)
    assert {examine(rule, subject).outcome for rule in (FIELDS, PERIOD, GRANULARITY, NEEDS)} == {"not_verified"}
