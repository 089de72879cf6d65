"""Laws of the matching, and the cases that make it hard."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from bill_check.matching import Claim, Line, match
from bill_check.names import common, holds, likeness
from hypothesis import given, settings
from hypothesis import strategies as st

DAY = date(2026, 3, 1)


def claim(amount: str, on: int = 0, issuer: str = "Eau du Lac", number: str = "", bill: int = 0) -> Claim:
    day = DAY + timedelta(days=on)
    return Claim(bill, day, day + timedelta(days=15), issuer, number, Decimal(amount))


def line(amount: str, on: int = 15, label: str = "PRLV SEPA EAU DU LAC") -> Line:
    return Line(DAY + timedelta(days=on), Decimal(amount), label)


def pairs(claims: list[Claim], lines: list[Line]) -> set[tuple[int, int]]:
    return {(c, i) for m in match(claims, lines) for c in m.claims for i in m.lines}


def test_a_line_of_the_amount_and_the_name_pays_a_bill_and_says_why() -> None:
    (found,) = match([claim("81.20")], [line("-81.20"), line("-81.21"), line("81.20")])
    assert (found.claims, found.lines) == ((0,), (0,))
    assert dict(found.reasons) == {"amount": 3.0, "name": 3.0, "day": 2.0}


@pytest.mark.parametrize("label", ["CARTE BOULANGERIE", "PRLV SEPA GAZ DU NORD", ""])
def test_an_amount_alone_pays_nothing(label: str) -> None:
    assert pairs([claim("81.20")], [line("-81.20", label=label)]) == set()


@pytest.mark.parametrize("on", [-16, 121])
def test_a_line_too_early_or_too_late_pays_nothing(on: int) -> None:
    assert pairs([claim("81.20")], [line("-81.20", on=on)]) == set()


def test_of_two_bills_of_one_amount_each_has_the_line_that_quotes_it_or_is_nearest() -> None:
    claims = [claim("50.00", 0, number="F10001"), claim("50.00", 30, number="F10002")]
    near = [line("-50.00", 45), line("-50.00", 15)]
    assert pairs(claims, near) == {(0, 1), (1, 0)}
    quoted = [line("-50.00", 16, "PRLV EAU DU LAC F10002"), line("-50.00", 46, "PRLV EAU DU LAC F10001")]
    assert pairs(claims, quoted) == {(0, 1), (1, 0)}


def test_a_bill_may_be_paid_in_parts_of_which_the_last_differs() -> None:
    lines = [line("-33.33", 15), line("-33.33", 45), line("-33.34", 76), line("-33.33", 20, "CARTE EAU DU LAC")]
    assert pairs([claim("100.00")], lines) == {(0, 0), (0, 1), (0, 2)}


def test_one_line_may_pay_several_bills_of_one_company_and_of_no_other() -> None:
    claims = [claim("15.99"), claim("29.99"), claim("29.99", issuer="Gaz du Nord")]
    assert pairs(claims, [line("-45.98", 5)]) == {(0, 0), (1, 0)}


def test_what_is_paid_back_comes_in() -> None:
    assert pairs([claim("-12.00")], [line("12.00", label="VIR EAU DU LAC"), line("-12.00")]) == {(0, 0)}


AMOUNTS = st.decimals("0.01", "60", places=2)


@given(
    st.lists(st.tuples(AMOUNTS, st.integers(0, 200)), max_size=8),
    st.lists(st.tuples(AMOUNTS, st.integers(0, 250)), max_size=12),
    st.randoms(),
)
@settings(max_examples=60, deadline=None)
def test_each_line_pays_once_sums_are_exact_and_the_order_does_not_matter(
    owed: list[tuple[Decimal, int]], paid: list[tuple[Decimal, int]], random: object
) -> None:
    claims = [claim(str(a), on, number=f"F{n}{on:05d}", bill=n) for n, (a, on) in enumerate(owed)]
    lines = [line(f"-{a}", on) for a, on in paid]
    found = match(claims, lines)
    assert len({c for m in found for c in m.claims}) == sum(len(m.claims) for m in found)
    assert len({i for m in found for i in m.lines}) == sum(len(m.lines) for m in found)
    for m in found:
        assert sum(claims[c].amount for c in m.claims) == -sum(lines[i].amount for i in m.lines)
        assert len(m.claims) == 1 or len(m.lines) == 1
    total = sum(m.score for m in found)
    again = match(claims, list(reversed(lines)))
    assert sum(m.score for m in again) == pytest.approx(total, abs=0.01 + 0.3 * len(found))


def test_words_that_companies_share_tell_little() -> None:
    weak = common(["Ville Eau", "Ville Gaz"])
    assert weak == {"VILLE"}
    assert likeness("Ville Eau", "PRLV VILLE GAZ") == 0.5
    assert likeness("Ville Eau", "PRLV VILLE GAZ", weak) == 0.2
    assert likeness("Électricité", "PRLV ELECTRICI 12") == 1.0
    assert likeness("", "PRLV") == 0.0


@pytest.mark.parametrize(
    ("label", "number", "yes"), [("X F-10/01 Y", "F10 01", True), ("X F1", "F1", False), ("F100012", "F10001", False)]
)
def test_a_number_is_quoted_as_a_whole(label: str, number: str, yes: bool) -> None:
    assert holds(label, number) == yes
