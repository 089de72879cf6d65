from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from receipts_and_budget.names import LONGEST, day_in, likeness, shown, words


@pytest.mark.parametrize(
    ("label", "left"),
    [
        ("CARTE 12/03 CARREFOUR CITY LYON", ("CARREFOUR", "CITY", "LYON")),
        ("PRLV SEPA EDF F25E123456", ("EDF",)),
        ("Prélèvement Énergie d'Ici 10/25", ("ENERGIE", "ICI")),
        ("CB*1234", ()),
    ],
)
def test_words_name_somebody_and_stay_the_same_from_line_to_line(label: str, left: tuple[str, ...]) -> None:
    assert words(label) == left


@given(st.text(max_size=80))
def test_a_name_that_is_shown_is_short_and_holds_no_digits(label: str) -> None:
    name = shown(label)
    assert 0 < len(name) <= LONGEST
    assert not any(c.isdigit() for c in name)


@pytest.mark.parametrize(
    ("label", "like"),
    [
        ("CARTE 12/03 CARREFOUR CITY", 1.0),
        ("CB CARREFOURCITY LYO", 1.0),
        ("CB CARREF LYON", 0.5),
        ("CB MONOPRIX", 0.0),
        ("CB", 0.0),
    ],
)
def test_a_shop_is_known_in_labels_that_shorten_it(label: str, like: float) -> None:
    assert likeness("Carrefour City", label) == like


@pytest.mark.parametrize(
    ("label", "booked", "used"),
    [
        ("CARTE 12/03 LIDL", date(2026, 3, 14), date(2026, 3, 12)),
        ("CARTE 30/12 LIDL", date(2026, 1, 2), date(2025, 12, 30)),
        ("LIDL 12.03.26", date(2026, 3, 14), date(2026, 3, 12)),
        ("FACTURE CARTE DU 120326 LIDL", date(2026, 3, 14), date(2026, 3, 12)),
        ("CARTE 29/02 LIDL", date(2026, 3, 2), None),
        ("CARTE 12/06 LIDL", date(2026, 3, 14), None),
        ("LIDL 2412 LYON", date(2026, 3, 14), None),
    ],
)
def test_the_day_on_which_a_card_was_used(label: str, booked: date, used: date | None) -> None:
    assert day_in(label, booked) == used
