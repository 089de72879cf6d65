"""A grant: what was answered, and what it comes to as time passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.grant import Grant, Item, Limits, Terms, give, notice_of
from selfdata_sdk.errors import RequestError
from selfdata_sdk.service.manifest import Manifest

NOW = datetime(2025, 8, 31, 10, 30, tzinfo=UTC)
GIVEN = Item(decision="given")
WHY = {"en": "For the purpose of this very test", "fr": "Pour les besoins de ce test précis"}
TEXT = {"en": "Some text", "fr": "Un texte"}
NEED = {
    "record_type": "water.use/1", "fields": ["litres"], "granularity": "hour", "at_worst": "day", "back": "P30D",
    "why": WHY,
}  # fmt: skip
MANIFEST = Manifest.model_validate(
    {
        "id": "org.example.coach",
        "version": "1.0.0",
        "sdk": "",
        "function": "coach:coach",
        "name": TEXT,
        "summary": TEXT,
        "publisher": {"name": "Example"},
        "licence": "MIT",
        "needs": {"fine": NEED, "more": {**NEED, "without": TEXT}},
        "outputs": {"kinds": ["card"]},
    }
)


def agreed(now: datetime = NOW, earlier: Grant | None = None, **terms: Any) -> Grant:
    return give(
        MANIFEST, Terms(**{"items": {"fine": GIVEN}, **terms}), "0" * 16, notice_of(MANIFEST, "en"), now, earlier
    )


def test_a_need_without_an_answer_is_deferred() -> None:
    assert {label: item.decision for label, item in agreed().items.items()} == {"fine": "given", "more": "deferred"}


def test_a_grant_is_refused_only_where_every_need_is() -> None:
    refused = Item(decision="refused")
    assert agreed(items={"fine": refused, "more": refused}).state == "refused"
    assert agreed(items={"fine": GIVEN, "more": refused}).state == "given"


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        ({"items": {"other": GIVEN}}, "has no need “other”. It has fine, more"),
        ({"items": {"fine": Item(decision="given", limits=Limits(granularity="month"))}}, "too coarse for fine"),
        ({"lasts": "P13M1D"}, "13 months at most"),
        ({"lasts": "P400D"}, "13 months at most"),
        ({"lasts": "P2Y"}, "13 months at most"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(terms: dict[str, Any], what: str) -> None:
    with pytest.raises(RequestError, match=what):
        agreed(**terms)


@pytest.mark.parametrize(
    ("lasts", "end"),
    [
        ("P6M", datetime(2026, 2, 28, 10, 30, tzinfo=UTC)),
        ("P13M", datetime(2026, 9, 30, 10, 30, tzinfo=UTC)),
        ("P1D", datetime(2025, 9, 1, 10, 30, tzinfo=UTC)),
    ],
)
def test_a_grant_ends_on_the_calendar(lasts: str, end: datetime) -> None:
    grant = agreed(lasts=lasts)
    assert grant.expires_at == end
    second = timedelta(seconds=1)
    assert grant.state_at(end - second, last_used=end - second) == "given"
    assert grant.state_at(end, last_used=end) == "expired"


def test_a_grant_lasts_six_months_unless_said_otherwise() -> None:
    assert agreed().expires_at == agreed(lasts="P6M").expires_at


def test_a_grant_that_lies_unused_for_90_days_is_suspended() -> None:
    grant = agreed(lasts="P12M")
    almost, whole = timedelta(days=89, hours=23), timedelta(days=90)
    assert (grant.state_at(NOW + almost), grant.state_at(NOW + whole)) == ("given", "suspended")
    used = NOW + timedelta(days=60)
    assert (grant.state_at(used + almost, used), grant.state_at(used + whole, used)) == ("given", "suspended")


def test_confirming_counts_as_using() -> None:
    later = NOW + timedelta(days=100)
    renewed = agreed(later, agreed(lasts="P12M"))
    assert renewed.state_at(later + timedelta(days=80), last_used=NOW) == "renewed"


@pytest.mark.parametrize("state", ["withdrawn", "refused", "suspended", "expired", "invalidated"])
def test_what_has_ended_does_not_come_back_with_time(state: Any) -> None:
    ended = agreed().moved(state, NOW, "test")
    for days in (0, 100, 1000):
        assert ended.state_at(NOW + timedelta(days=days), NOW + timedelta(days=days)) == state


def test_each_change_is_the_next_revision_and_keeps_what_was_before() -> None:
    first = agreed()
    gone = first.moved("withdrawn", NOW, "test")
    again = agreed(NOW, gone)
    assert [g.revision for g in (first, gone, again)] == [1, 2, 3]
    assert [e.state for e in again.events] == ["given", "withdrawn", "given"]
    assert again.supersedes == first.id != again.id


def test_what_is_given_again_is_a_renewal_unless_it_was_taken_back() -> None:
    first = agreed()
    assert agreed(NOW, first).state == "renewed"
    assert agreed(NOW, first.moved("suspended", NOW, "test")).state == "renewed"
    assert agreed(NOW, first.moved("withdrawn", NOW, "test")).state == "given"


def test_a_grant_is_read_as_it_was_written() -> None:
    limits = Limits(granularity="day", back="P5D", where={"basis": ("readings",)})
    grant = agreed(items={"fine": Item(decision="given", limits=limits, until=NOW)}, once=True)
    assert Grant.model_validate_json(grant.canonical()) == grant
    assert Grant.model_validate_json(grant.canonical()).canonical() == grant.canonical()


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), st.integers(1, 13))  # noqa: DTZ001
def test_no_grant_lasts_longer_than_13_months(start: datetime, months: int) -> None:
    start = start.replace(tzinfo=UTC)
    grant = agreed(start, lasts=f"P{months}M")
    assert timedelta(days=27) < grant.expires_at - start <= timedelta(days=397)
