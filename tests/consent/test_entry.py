"""Entries of the journal: canonical, committed to, and free of values."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from selfdata_sdk.consent.chain import read
from selfdata_sdk.consent.entry import START, Actor, Handed, Happening, Header, write

NOW = datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


def happening(**details: object) -> Happening:
    handed = Handed(
        need="water",
        record_type="water.use/1",
        granularity="day",
        start=NOW,
        end=NOW,
        purpose="requested_service_provision",
    )
    actor = Actor(kind="service", id="org.example.coach", version="1.0.0", digest="0" * 64)
    return Happening(actor=actor, event="run", needs=(handed,), details=dict(details))


@given(st.dictionaries(TEXT, TEXT | st.integers(-(2**53) + 1, 2**53 - 1)), st.integers(0, 2**40))
def test_headers_and_details_are_canonical(details: dict[str, object], seq: int) -> None:
    """The bytes are those of RFC 8785, so that another program hashes the same."""
    written = write(happening(**details), seq, START, NOW)
    assert rfc8785.dumps(json.loads(written.header)) == written.header
    assert rfc8785.dumps(json.loads(written.details)) == written.details
    assert b"\n" not in written.header + written.details


@given(st.dictionaries(TEXT, TEXT))
def test_an_entry_comes_back_as_it_was(details: dict[str, str]) -> None:
    given_ = happening(**details)
    entry = read(write(given_, 7, START, NOW))
    assert entry.details == details
    assert (entry.header.seq, entry.header.at, entry.header.needs) == (7, NOW, given_.needs)


def test_the_same_details_twice_have_different_commitments() -> None:
    """Without the salt, whoever sees a header could try which details it stands for."""
    first, second = (read(write(happening(rows=3), 0, START, NOW)).header.commitment for _ in range(2))
    assert first != second


def test_a_header_with_a_key_that_is_not_known_is_refused() -> None:
    header = json.loads(write(happening(), 0, START, NOW).header)
    Header.model_validate_json(json.dumps(header))
    with pytest.raises(ValidationError):
        Header.model_validate_json(json.dumps({**header, "litres": 12}))
