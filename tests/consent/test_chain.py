"""The journal's chain: whatever is done to what is stored, the first entry that is not as it was written is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.chain import Broken, Head, cut, joined, read, verify, without_details
from selfdata_sdk.consent.checkpoint import Checkpoint
from selfdata_sdk.consent.entry import START, Actor, Happening, Written, commitment, is_committed, write

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
ORIGIN = "ab" * 16


def chained(n: int, name: str = "water") -> list[Written]:
    found: list[Written] = []
    for seq in range(n):
        happening = Happening(actor=Actor(kind="person"), event="grant", details={"service": name, "n": seq})
        found.append(write(happening, seq, found[-1].hash if found else START, NOW))
    return found


def head(entries: list[Written]) -> Head:
    return Head(origin=ORIGIN, size=len(entries), hash=entries[-1].hash, at=NOW)


def checkpoint(entries: list[Written]) -> Checkpoint:
    return Checkpoint(origin=ORIGIN, size=len(entries), hash=entries[-1].hash, at=NOW)


def segments(entries: list[Written], size: int = 4) -> list[bytes]:
    return [joined(entries[i : i + size]) for i in range(0, len(entries), size)]


@given(st.integers(1, 20), st.integers(1, 7))
def test_a_chain_as_it_was_written_is_sound_however_it_is_cut_into_segments(n: int, size: int) -> None:
    entries = chained(n)
    assert verify(segments(entries, size), head(entries)).broken is None
    assert [w for s in segments(entries, size) for w in cut(s)] == entries


@given(st.integers(0, 9), st.data())
def test_a_changed_byte_of_a_header_is_found_at_its_entry(place: int, data: st.DataObject) -> None:
    entries = chained(10)
    changed = bytearray(entries[place].header)
    at = data.draw(st.integers(0, len(changed) - 1))
    changed[at] ^= data.draw(st.integers(1, 127))
    spoiled = [*entries]
    spoiled[place] = Written(bytes(changed), entries[place].details)
    found = verify([joined(spoiled)], head(entries)).broken
    assert found is not None
    assert found.seq == place


@given(st.integers(0, 9), st.data())
def test_a_changed_byte_of_the_details_is_found_at_its_entry(place: int, data: st.DataObject) -> None:
    entries = chained(10)
    changed = bytearray(entries[place].details)
    at = data.draw(st.integers(0, len(changed) - 1))
    changed[at] ^= data.draw(st.sampled_from([1, 2, 4, 8, 16]))
    spoiled = [*entries]
    spoiled[place] = Written(entries[place].header, bytes(changed))
    found = verify([joined(spoiled)], head(entries)).broken
    # The case of a hexadecimal digit of the salt is no change of the salt.
    if bytes(changed).lower() != entries[place].details.lower():
        assert found is not None
        assert found.seq == place


@given(st.integers(0, 8))
def test_a_removed_entry_is_named(place: int) -> None:
    entries = chained(10)
    found = verify([joined(entries[:place] + entries[place + 1 :])], head(entries))
    assert found.broken == Broken(place, "missing")
    assert found.size == place


@given(st.integers(0, 9), st.integers(0, 9))
def test_entries_that_changed_places_are_found(a: int, b: int) -> None:
    entries = chained(10)
    spoiled = [*entries]
    spoiled[a], spoiled[b] = spoiled[b], spoiled[a]
    found = verify([joined(spoiled)], head(entries)).broken
    assert (found is None) == (a == b)
    if found is not None:
        assert found.seq == min(a, b)


@given(st.integers(0, 10), st.integers(0, 9))
def test_an_inserted_entry_is_found(place: int, which: int) -> None:
    entries = chained(10)
    spoiled = [*entries[:place], entries[which], *entries[place:]]
    found = verify([joined(spoiled)], head(entries)).broken
    assert found is not None
    assert found.seq in (place, min(place, which) + 1)


def test_an_entry_of_another_chain_in_its_place_is_found() -> None:
    entries, other = chained(10), chained(10, "gas")
    spoiled = [*entries[:4], other[4], *entries[5:]]
    found = verify([joined(spoiled)], head(entries)).broken
    assert found is not None
    assert found.seq == 4


@given(st.integers(1, 9))
def test_a_cut_tail_is_found_by_the_head(kept: int) -> None:
    entries = chained(10)
    assert verify(segments(entries[:kept]), head(entries)).broken == Broken(kept, "cut")


@given(st.integers(1, 9))
def test_a_tail_that_was_cut_with_its_head_is_found_by_a_checkpoint_only(kept: int) -> None:
    entries = chained(10)
    short = entries[:kept]
    assert verify(segments(short), head(short)).broken is None, "a chain alone cannot show it"
    assert verify(segments(short), head(short), [checkpoint(entries)]).broken == Broken(kept, "cut")


def test_a_chain_that_was_written_anew_is_found_by_a_checkpoint() -> None:
    old, new = chained(10), chained(12, "gas")
    assert verify(segments(new), head(new)).broken is None
    assert verify(segments(new), head(new), [checkpoint(old)]).broken == Broken(9, "forked")


def test_a_checkpoint_is_not_outvoted_by_a_later_one_of_the_same_size() -> None:
    """A host that rewrote the chain in place remembers its own end of it."""
    old, new = chained(10), chained(10, "gas")
    for marks in ([checkpoint(old), checkpoint(new)], [checkpoint(new), checkpoint(old)]):
        assert verify(segments(new), head(new), marks).broken == Broken(9, "forked")


def test_another_chain_of_the_same_size_is_found_by_its_origin() -> None:
    entries = chained(3)
    elsewhere = head(entries).model_copy(update={"origin": "cd" * 16})
    assert verify(segments(entries), elsewhere, [checkpoint(entries)]).broken == Broken(0, "forked")


def test_earlier_checkpoints_hold_for_a_chain_that_went_on() -> None:
    entries = chained(10)
    assert verify(segments(entries), head(entries), [checkpoint(entries[:4]), checkpoint(entries)]).broken is None


@pytest.mark.parametrize("segment", [b"", b"[\n", b"[]", b"null", b'[\n{"v":1}\n]'])
def test_what_is_no_segment_is_unreadable(segment: bytes) -> None:
    entries = chained(4)
    found = verify([segment, *segments(entries)], head(entries)).broken
    assert found == Broken(0, "unreadable")


@given(st.sets(st.integers(0, 9)))
def test_erased_details_leave_the_chain_sound_and_are_gone(seqs: set[int]) -> None:
    entries = chained(10)
    erased = without_details(joined(entries), frozenset(seqs))
    assert verify([erased], head(entries)).broken is None
    for seq, written in enumerate(cut(erased)):
        assert (read(written).details is None) == (seq in seqs)
        if seq in seqs:
            assert entries[seq].details[2:34] not in erased, "the salt is gone, too"


def test_details_that_were_erased_cannot_be_put_in_again_otherwise() -> None:
    (entry,) = chained(1)
    salt = b"0" * 32
    forged = b'["%s",{"service":"gas"}]' % salt
    assert is_committed(json.loads(entry.header), entry.details)
    assert not is_committed(json.loads(entry.header), forged)
    assert commitment(b"", b"") not in entry.header.decode()
    found = verify([joined([Written(entry.header, forged)])], head([entry])).broken
    assert found == Broken(0, "details_changed")
