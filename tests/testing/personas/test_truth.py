"""Truths are written as texts, and a wrong text is told what is wrong with it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.errors import RequestError
from selfdata_sdk.testing.personas import KINDS, Truth

PARIS = "Europe/Paris"
DATES = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_an_example_that_says_it(kind: str) -> None:
    truth = Truth.parse(KINDS[kind].example, PARIS)
    assert truth.kind == kind
    assert truth.start.tzinfo is not None
    assert Truth.parse(str(truth), PARIS) == truth


def test_a_leak_is_a_flow_from_local_midnight_on() -> None:
    paris = ZoneInfo(PARIS)
    assert Truth.parse("leak@2026-03-12:20L/h", PARIS) == Truth(
        "leak", datetime(2026, 3, 12, tzinfo=paris), None, Decimal(20), "L/h", "water"
    )
    ended = Truth.parse("leak@2026-03-25:3.4L/h:10d", PARIS)
    assert ended.amount == Decimal("3.4")
    # The clock is put forward meanwhile: ten local days are 239 hours.
    assert ended.end is not None
    assert ended.end.astimezone(UTC) - ended.start.astimezone(UTC) == timedelta(hours=239)


def test_what_is_usual_need_not_be_said() -> None:
    assert Truth.parse("running-toilet@2026-03-12", PARIS).amount == Decimal(22)
    assert Truth.parse("meter-swap@2026-03-12", PARIS).meter == "water"
    assert Truth.parse("gap@2026-03-12:3d", PARIS).meter == ""


@given(
    st.sampled_from(sorted(KINDS)),
    DATES,
    st.integers(1, 999),
    st.decimals("0.1", "9999", places=1),
    st.sampled_from(["water", "electricity", "gas"]),
)
def test_a_truth_is_read_as_it_is_written(kind: str, first: date, days: int, amount: Decimal, meter: str) -> None:
    known = KINDS[kind]
    truth = Truth.planned(kind, first, days, str(amount), meter if known.meter is not None else "", PARIS)
    assert Truth.parse(str(truth), PARIS) == truth
    assert (truth.unit == known.unit) or not known.unit


@pytest.mark.parametrize(
    ("text", "what", "next"),
    [
        ("", "There is no kind of truth “”.", "absence@2026-08-01:14d"),
        ("leek@2026-03-12:20L/h", "There is no kind of truth “leek”.", "leak@2026-03-12:20L/h"),
        ("fire@2026-03-12", "There is no kind of truth “fire”.", "standby@2026-03-12:60W"),
        ("leak", "“” is not a date.", "leak@2026-03-12:20L/h"),
        ("leak@2026-02-30:20L/h", "“2026-02-30” is not a date.", "leak@"),
        ("leak@tomorrow:20L/h", "“tomorrow” is not a date.", "leak@"),
        ("leak@2026-03-12", "It does not say how much, in L/h.", "leak@"),
        ("leak@2026-03-12:0L/h", "It does not say how much, in L/h.", "leak@"),
        ("leak@2026-03-12:20L", "“20L” means nothing there.", "leak@"),
        ("leak@2026-03-12:-20L/h", "“-20L/h” means nothing there.", "leak@"),
        ("leak@2026-03-12:20L/h:gas", "“gas” means nothing there.", "leak@"),
        ("standby@2026-03-12:60L/h", "“60L/h” means nothing there.", "standby@"),
        ("absence@2026-08-01", "It does not say for how many days.", "absence@2026-08-01:14d"),
        ("absence@2026-08-01:0d", "“0d” means nothing there.", "absence@"),
        ("meter-swap@2026-03-12:3d", "“3d” means nothing there.", "meter-swap@"),
        ("gap@2026-03-12:3d:wind", "“wind” means nothing there.", "gap@"),
        ("gap@9999-12-30:9d", "It ends after the year 9999.", "gap@"),
    ],
)
def test_a_wrong_text_is_told_what_is_wrong_with_an_example(text: str, what: str, next: str) -> None:
    with pytest.raises(RequestError) as error:
        Truth.parse(text, PARIS)
    assert error.value.what == what
    assert next in error.value.next
    assert error.value.say("fr") != str(error.value)


def test_where_no_kind_is_meant_all_are_listed() -> None:
    with pytest.raises(RequestError) as error:
        Truth.parse("xyz", PARIS)
    assert all(kind.example in error.value.next for kind in KINDS.values())


def test_a_truth_of_no_kind_cannot_be_made() -> None:
    with pytest.raises(RequestError, match="no kind of truth"):
        Truth("fire", datetime(2026, 1, 1, tzinfo=UTC))


@given(st.text(max_size=40))
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    with suppress(RequestError):
        Truth.parse(f"leak@{text}", PARIS)
