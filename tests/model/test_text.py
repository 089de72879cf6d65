"""Foreign text is made safe to show; a person's name for a thing cannot deceive."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from selfdata_sdk.model import Measure, Money, Text
from selfdata_sdk.model.text import Label, Line, Name, clean, is_clean, scripts
from selfdata_sdk.testing.strategies import labels, unclean_texts

DIRTY = st.text(st.characters() | st.sampled_from(" \u00a0\u202f\t\n\u200b\u202e\u0301\u3164\ufe0f\u2000"), max_size=30)


@given(DIRTY)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert is_clean(once)


@given(DIRTY)
def test_cleaned_text_is_one_line_normalised_and_without_hidden_characters(text: str) -> None:
    found = clean(text)
    assert unicodedata.is_normalized("NFC", found)
    assert len(found.splitlines()) <= 1
    assert found == found.strip()
    assert "  " not in found
    assert not [c for c in found if unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}]


@given(unclean_texts())
def test_texts_that_do_not_show_as_they_are_written_are_told_apart(text: str) -> None:
    assert not is_clean(text)


@given(labels())
def test_clean_texts_are_left_as_they_are(text: str) -> None:
    assert clean(text) is text or clean(text) == text


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("facture\u202eexe.pdf", "factureexe.pdf"),  # would show as facturefdp.exe
        ("admin\u200b", "admin"),
        ("pay\u2066pal\u2069", "paypal"),
        ("\ufeffPRM", "PRM"),
        ("a\x1b[31mb", "a[31mb"),
        ("deux\r\nlignes", "deux lignes"),
        ("a\u2028b", "a b"),
        ("a \t  b", "a b"),
        ("e\u0301te\u0301", "été"),
        ("e\u200b\u0301", "é"),
        ("Prix\u00a0: 12\u202f000", "Prix\u00a0: 12\u202f000"),
        ("\u00a0 a\u00a0", "a"),
        ("a\u3164\u2800b\ufe0f", "ab"),
        ("\u00a0\u3164\u200b", ""),
        ("\ud800", ""),
    ],
)
def test_cleaning(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected


def parse(kind: Any, value: object) -> object:
    return TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    "text", ["Water coach", "Коуч", "水コーチのひらがな", "물 漢字", "Nº 1", "1ʳᵉ eau", "Eau µg", "Coach 💧 2", "étés"]
)
def test_names_in_one_script_or_in_scripts_written_together_are_accepted(text: str) -> None:
    assert parse(Name, text) == text


@pytest.mark.parametrize("text", ["Wаter coach", "Εau", "раураl x", "ＷWater", "水 Water"])
def test_names_that_mix_scripts_are_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="mixes letters of several scripts"):
        parse(Name, text)


def test_scripts_are_those_of_the_letters_only() -> None:
    assert scripts("Wа 12 €!") == {"LATIN", "CYRILLIC"}


@pytest.mark.parametrize(("kind", "longest"), [(Name, 80), (Line, 2000), (Label, 500)])
def test_texts_are_neither_empty_nor_too_long(kind: Any, longest: int) -> None:
    assert parse(kind, "x" * longest) == "x" * longest
    for bad in ("", "x" * (longest + 1), 5, None):
        with pytest.raises(ValidationError):
            parse(kind, bad)


def test_a_line_is_cleaned_and_a_label_is_refused_unless_clean() -> None:
    assert parse(Line, " a\nb ") == "a b"
    assert parse(Label, "a b") == "a b"
    for bad in (" a", "a\nb", "a\u202eb", "e\u0301", "\u00a0"):
        with pytest.raises(ValidationError, match="clean it first"):
            parse(Label, bad)


def test_a_line_of_invisible_characters_only_is_empty() -> None:
    with pytest.raises(ValidationError, match="at least 1"):
        parse(Line, "\u200b\u202e")


def test_a_text_has_both_languages_and_says_english_for_any_other() -> None:
    text = Text(en="Water", fr="Eau")
    assert (text.say("fr"), text.say("fr-CA"), text.say("en"), text.say("de"), str(text)) == (
        "Eau",
        "Eau",
        "Water",
        "Water",
        "Water",
    )
    for bad in (
        {"en": "Water"},
        {"fr": "Eau"},
        {"en": "Water", "fr": ""},
        {"en": "Water", "fr": "Eau", "de": "Wasser"},
    ):
        with pytest.raises(ValidationError):
            Text.model_validate(bad)


def test_a_text_is_filled_as_each_language_writes_its_values() -> None:
    made = Text(en="{x} on {d} for {m}, {t}", fr="{x} le {d} pour {m}, {t}").fill(
        x=Measure(1412.4, "L"),
        d=date(2024, 3, 1),
        m=Money(amount=Decimal("12.5"), currency="EUR"),
        t=Text(en="yes", fr="oui"),
    )
    assert made.en == "1,412\u00a0L on 1 Mar 2024 for €12.50, yes"
    assert made.fr == "1\u202f412\u00a0L le 1er mars 2024 pour 12,50\u00a0€, oui"


def test_a_foreign_value_in_a_text_is_cleaned() -> None:
    assert Text(en="By {who}", fr="Par {who}").fill(who="Eau\u202e\n").en == "By Eau"


def test_a_text_cannot_be_changed() -> None:
    text: BaseModel = Text(en="Water", fr="Eau")
    with pytest.raises(ValidationError, match="frozen"):
        text.en = "x"  # type: ignore[attr-defined]
