"""The receipt says what was agreed, as it is in effect, and can be held against the journal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from selfdata_sdk.consent.chain import cut, read
from selfdata_sdk.consent.grant import Item, Limits, Terms, give, notice_of
from selfdata_sdk.consent.policy import Policy
from selfdata_sdk.consent.receipt import Receipt, receipt_of
from selfdata_sdk.consent.right import effective
from selfdata_sdk.errors import RequestError
from selfdata_sdk.host.host import Host
from selfdata_sdk.model import REGISTRY
from selfdata_sdk.model.time import GRANULARITIES, Duration
from selfdata_sdk.service.manifest import AskedNeed, Manifest
from selfdata_sdk.service.need import Precision
from selfdata_sdk.store.ledger import segment_name
from selfdata_sdk.testing.strategies import asked_needs, durations

NOW = datetime(2024, 3, 31, 12, tzinfo=UTC)
MANIFEST = Manifest.from_json((Path(__file__).parents[1] / "service/vectors/good/small.json").read_bytes())


def test_limits_and_refusals_are_on_it_as_they_are_in_effect(host: Host, coach: Manifest, terms: Terms) -> None:
    host.grant(coach, terms)
    home, water = host.receipt(coach.id).processes
    assert (home.need, home.decision) == ("home", "refused")
    assert (water.decision, water.granularity, water.back) == ("given", "day", ("P90D",))
    assert water.fields == coach.needs["water"].fields


@st.composite
def limits(draw: st.DrawFn, need: AskedNeed) -> Limits:
    """Limits that may be set on a need."""
    usable = GRANULARITIES[GRANULARITIES.index(need.at_worst) :]
    where = {name: tuple(sorted(draw(st.sets(st.sampled_from(v), min_size=1)))) for name, v in need.where.items()}
    return Limits(
        granularity=draw(st.none() | st.sampled_from(usable)),
        precision=draw(st.none() | st.sampled_from(get_args(Precision))),
        back=draw(st.none() | durations()),
        where=draw(st.sampled_from([{}, where])),
    )


@given(asked_needs().flatmap(lambda need: st.tuples(st.just(need), limits(need))), st.booleans())
def test_what_it_says_is_what_the_door_gives(narrowed: tuple[AskedNeed, Limits], finer: bool) -> None:
    """On every axis: the receipt's period, counted from now, is the right's."""
    need, limit = narrowed
    item = Item(decision="given", limits=limit, finer=finer)
    asking = MANIFEST.model_copy(update={"needs": {"it": need}})
    grant = give(asking, Terms(items={"it": item}), "ab" * 8, notice_of(asking, "en"), NOW)
    right = effective(need, item, grant, Policy(), REGISTRY, NOW, NOW)
    assume(right is not None)
    assert right is not None
    (process,) = receipt_of(grant, None, NOW, REGISTRY).processes
    assert process.granularity == right.granularity
    assert process.precision == right.precision
    assert process.where == right.where
    assert process.pseudonyms == right.pseudonyms
    assert set(process.fields) == set(right.fields)
    assert max(Duration.parse(back).before(NOW) for back in process.back) == right.period.start


@pytest.mark.parametrize(
    ("asked", "limit", "back"),
    [
        ("P2Y", None, ("P2Y",)),
        ("P2Y", "P3Y", ("P2Y",)),
        ("P2Y", "P1M", ("P1M",)),
        ("P1M", "P30D", ("P1M", "P30D")),
    ],
    ids=["no limit", "a longer one", "a shorter one", "one that is shorter in some months"],
)
def test_of_what_is_asked_and_a_limit_the_shorter_is_in_effect(
    host: Host, coach: Manifest, asked: str, limit: str | None, back: tuple[str, ...]
) -> None:
    water = coach.needs["water"].model_copy(update={"back": asked})
    manifest = coach.model_copy(update={"needs": {"water": water}})
    host.grant(manifest, Terms(items={"water": Item(decision="given", limits=Limits(back=limit))}))
    assert host.receipt(coach.id).processes[0].back == back


def test_without_an_answer_of_its_own_the_record_types_granularity_is_in_effect(host: Host, coach: Manifest) -> None:
    terms = Terms.model_validate({"items": {"water": {"decision": "given"}}})
    host.grant(coach, terms)
    assert host.receipt(coach.id).processes[1].granularity == "day"


def test_it_names_the_grant_and_its_entry_in_the_journal(host: Host, coach: Manifest, terms: Terms) -> None:
    grant = host.grant(coach, terms)
    integrity = host.receipt(coach.id).integrity
    assert integrity.grant == grant.sha256
    assert integrity.sequence is not None
    entry = list(host.ledger.entries())[integrity.sequence]
    assert entry.header.event == "grant"
    assert entry.header.grant is not None
    assert entry.header.grant.id == grant.id
    segment = host.store.cloud.get(segment_name(0))
    assert segment is not None
    written = cut(segment.data)[integrity.sequence]
    assert written.hash == integrity.head
    assert read(written) == entry


def test_each_change_has_a_receipt_of_its_own(host: Host, coach: Manifest, terms: Terms) -> None:
    host.grant(coach, terms)
    first = host.receipt(coach.id)
    host.withdraw(coach.id)
    second = host.receipt(coach.id)
    assert (first.state, second.state) == ("given", "withdrawn")
    assert first.id != second.id
    assert first.record == second.record
    assert [e.state for e in second.events] == ["given", "withdrawn"]


def test_the_person_is_another_one_for_each_service(host: Host, coach: Manifest, terms: Terms) -> None:
    other = coach.model_copy(update={"id": "org.example.other"})
    host.grant(coach, terms)
    host.grant(other, terms)
    assert host.receipt(coach.id).person != host.receipt(other.id).person


def test_it_comes_back_as_it_was(host: Host, coach: Manifest, terms: Terms) -> None:
    host.grant(coach, terms)
    receipt = host.receipt(coach.id)
    assert Receipt.model_validate_json(receipt.canonical()) == receipt


def test_what_is_not_a_field_of_it_is_refused(host: Host, coach: Manifest, terms: Terms) -> None:
    host.grant(coach, terms)
    with pytest.raises(ValidationError):
        Receipt.model_validate({**host.receipt(coach.id).model_dump(), "address": "12 rue de la République"})


def test_there_is_none_where_nothing_was_agreed(host: Host, coach: Manifest) -> None:
    with pytest.raises(RequestError, match="Nothing was agreed"):
        host.receipt(coach.id)
