"""Pseudonyms: the same for one service, others for another, and nothing of the text in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.pseudonym import key_of, person_of, pseudonymous
from selfdata_sdk.model.column import Codes

KEY = key_of(bytes(32), "org.example.coach")
TEXTS = st.lists(st.none() | st.text(max_size=6), max_size=12)


def pseudonyms(texts: Sequence[str | None], key: bytes = KEY) -> list[str | None]:
    return pseudonymous(Codes.of(texts), key).list()


@given(TEXTS)
def test_each_text_has_one_pseudonym_and_what_is_missing_has_none(texts: list[str | None]) -> None:
    made = pseudonyms(texts)
    assert [word is None for word in made] == [text is None for text in texts]
    assert len(set(made)) == len(set(texts))
    assert len(set(zip(texts, made, strict=True))) == len(set(texts))
    assert all(re.fullmatch("[0-9a-f]{16}", word) for word in made if word is not None)


@given(TEXTS, TEXTS)
def test_a_pseudonym_depends_on_nothing_but_the_text_and_the_key(
    texts: list[str | None], more: list[str | None]
) -> None:
    """So it is the same in every record type and at every run."""
    assert pseudonyms([*more, *texts])[len(more) :] == pseudonyms(texts)


@given(TEXTS)
def test_another_key_gives_others(texts: list[str | None]) -> None:
    other = key_of(bytes(32), "org.example.other")
    assert {*pseudonyms(texts), None} & {*pseudonyms(texts, other), None} == {None}


@given(TEXTS)
def test_the_words_are_those_in_use_in_an_order_of_their_own(texts: list[str | None]) -> None:
    """Neither the order in which texts came nor a text of which no row is left is told."""
    held = Codes.of(["no longer there", *texts])
    made = pseudonymous(held.take(slice(1, None)), KEY)
    assert list(made.words) == sorted({word for word in pseudonyms(texts) if word is not None})
    assert made.words == pseudonymous(Codes.of(texts[::-1]), KEY).words


@pytest.mark.parametrize("n", [0, 3])
def test_a_column_of_one_text_stays_one(n: int) -> None:
    assert pseudonymous(Codes.constant("19876543210987", n), KEY).list() == pseudonyms(["19876543210987"]) * n
    assert pseudonymous(Codes.constant(None, n), KEY).list() == [None] * n


def test_codes_keep_their_shape_and_type() -> None:
    made = pseudonymous(Codes.of(["b", None, "a", "b"]), KEY)
    assert (made.indexes.shape, made.indexes.dtype) == ((4,), np.dtype(np.int32))


def test_each_secret_and_each_service_has_a_key_and_a_person_of_its_own() -> None:
    pairs = [(secret, name) for secret in (bytes(32), bytes(31) + b"\1") for name in ("org.example.a", "org.example.b")]
    made = {key_of(*pair).hex() for pair in pairs} | {person_of(*pair) for pair in pairs}
    assert len(made) == 8
    assert len({word[:32] for word in made}) == 8, "who the person is tells nothing of the key"


def test_a_pseudonym_is_the_same_in_every_version() -> None:
    """As worked out with `openssl dgst -sha256 -mac HMAC`."""
    assert KEY.hex() == "b3d8f1d2c68278fdd71da3b9e8a60acd43c46e83ba60b1efeeb30c96ca440288"
    assert person_of(bytes(32), "org.example.coach") == "119e0f353ceb997287ecebd0290ce3c3"
    assert pseudonyms(["19876543210987"]) == ["504cbf465a9be634"]
