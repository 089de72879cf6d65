"""Checkpoints: to keep elsewhere, signed if wished."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.checkpoint import Checkpoint, is_signed, signed
from selfdata_sdk.errors import RequestError

TAKEN = Checkpoint(origin="ab" * 16, size=12, hash="0" * 64, at=datetime(2026, 3, 1, tzinfo=UTC))
KEY = bytes(range(32))


def test_it_comes_back_from_its_json() -> None:
    taken = signed(TAKEN, KEY)
    assert Checkpoint.from_json(json.dumps(taken.to_json()).encode()) == taken


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"checkpoint":2}', b"\xff"])
def test_what_is_none_is_refused_with_the_command_that_makes_one(data: bytes) -> None:
    with pytest.raises(RequestError, match="not a checkpoint") as refused:
        Checkpoint.from_json(data)
    assert "selfdata journal checkpoint" in refused.value.next


def test_a_signature_holds_for_what_was_signed() -> None:
    taken = signed(TAKEN, KEY)
    assert taken.signature is not None
    assert is_signed(taken)
    assert is_signed(taken, taken.signature.key)
    assert not is_signed(taken, "0" * 64), "by another key"
    assert not is_signed(TAKEN), "not signed at all"


@given(st.sampled_from(["origin", "size", "hash", "at"]))
def test_a_changed_field_is_not_what_was_signed(field: str) -> None:
    changes = {"origin": "cd" * 16, "size": 11, "hash": "1" * 64, "at": datetime(2026, 3, 2, tzinfo=UTC)}
    assert not is_signed(signed(TAKEN, KEY).model_copy(update={field: changes[field]}))
