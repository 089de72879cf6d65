"""The sieve keeps what is right and says what is not, in bounded memory."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from selfdata_sdk.importers import Rejection, Remark
from selfdata_sdk.importers.report import LIMIT
from selfdata_sdk.importers.sieve import TWICE, Sieve
from selfdata_sdk.model import BankTransaction, ElectricityPeak, Series, Source, Table, Text, WaterUse
from selfdata_sdk.model.column import NULL, Codes, Column, Ints, Moneys
from selfdata_sdk.model.time import HOUR

SOURCE = Source(holder="h", importer="i", version="1", locator="line {}", retrieved_at=datetime(2026, 1, 1, tzinfo=UTC))
SERIES = Series(WaterUse.type, "h", cadence="PT1H")


def table(hours: list[int], litres: list[int]) -> Table:
    start = np.array(hours, np.int64) * HOUR
    columns = {
        "start": Ints(start),
        "end": Ints(start + HOUR),
        "litres": Ints(np.array(litres, np.int64)),
        "locator": Ints(np.arange(2, len(hours) + 2)),
    }
    return Table(WaterUse, SERIES, columns, (SOURCE,))


def test_rows_that_break_a_rule_are_rejected_with_line_and_reason_and_the_rest_is_kept() -> None:
    sieve = Sieve()
    sieve.add(table([0, 1, 2, 3], [5, -5, NULL, 10**18]))
    (good,) = sieve.close()
    assert good.ints("litres").tolist() == [5]
    assert [(r.locator, r.reason.en) for r in sieve.rejections] == [
        ("line 3", "Water used: it is negative."),
        ("line 4", "Water used: there is no value."),
        ("line 5", "Water used: it is too large."),
    ]
    assert sieve.rejections[0].reason.fr == "Eau consommée : la valeur est négative."


def test_other_faults_are_explained_by_the_model_without_the_value() -> None:
    bad = table([0], [5]).replace(end=Ints(np.array([0])))
    sieve = Sieve()
    sieve.add(bad)
    assert list(sieve.close()) == []
    assert sieve.rejections[0].reason.en == "It breaks a rule of its type: end must be after start."


def test_of_a_million_bad_rows_a_thousand_are_listed_and_all_are_counted() -> None:
    sieve = Sieve()
    sieve.add(table(list(range(5 * LIMIT)), [-1] * (5 * LIMIT)))
    for i in range(10):
        sieve.add(Rejection(f"line {i}", Text(en="Bad.", fr="Mauvais.")))
    assert len(sieve.rejections) == LIMIT
    assert sieve.rejected == 5 * LIMIT + 10


def test_equal_remarks_are_one_with_the_first_place_and_the_count() -> None:
    sieve = Sieve()
    text = Text(en="Hm.", fr="Hum.")
    for line, count in (("line 3", 1), ("line 9", 4)):
        sieve.add(Remark("guess", text, line, count))
    sieve.add(Remark("disagreement", text, "line 4"))
    assert sieve.remarks == [Remark("guess", text, "line 3", 5), Remark("disagreement", text, "line 4", 1)]


def test_tables_of_one_series_become_one_sorted_by_time() -> None:
    sieve = Sieve()
    sieve.add(table([5, 4], [1, 2]))
    sieve.add(table([1], [3]))
    (good,) = sieve.close()
    assert (good.ints("start") // HOUR).tolist() == [1, 4, 5]
    assert good.ints("litres").tolist() == [3, 2, 1]


def test_a_fact_said_twice_is_kept_once_and_two_different_ones_are_reported() -> None:
    sieve = Sieve()
    sieve.add(table([1, 2, 2, 3, 3], [7, 8, 8, 9, 10]))
    (good,) = sieve.close()
    assert good.ints("litres").tolist() == [7, 8, 10]
    assert sieve.remarks == [Remark("disagreement", TWICE, "line 5", 1)]


def test_facts_that_differ_in_another_part_of_their_key_are_two() -> None:
    columns: dict[str, Column] = {
        "at": Ints(np.array([0, 0], np.int64)),
        "power": Ints(np.array([5, 6], np.int64)),
        "unit": Codes.of(["W", "V.A"]),
    }
    sieve = Sieve()
    sieve.add(Table(ElectricityPeak, Series(ElectricityPeak.type, "h"), columns, (SOURCE,)))
    (good,) = sieve.close()
    assert len(good) == 2
    assert sieve.remarks == []


def test_transactions_of_one_day_are_told_apart_by_their_amounts() -> None:
    n = 4
    amounts = Moneys(Ints(np.array([500, 300, 500, 500])), Ints.constant(2, n), Codes.of(["EUR", "EUR", "EUR", "USD"]))
    columns: dict[str, Column] = {
        "on": Ints.constant(20_000, n),
        "amount": amounts,
        "label": Codes.constant("Market", n),
        "locator": Ints(np.arange(2, 2 + n)),
    }
    sieve = Sieve()
    sieve.add(Table(BankTransaction, Series(BankTransaction.type, "h", about="A-1"), columns, (SOURCE,)))
    (kept,) = sieve.close()
    assert sorted((str(r.amount.amount), r.amount.currency) for r in kept.records()) == [  # type: ignore[attr-defined]
        ("3.00", "EUR"), ("5.00", "EUR"), ("5.00", "USD"),
    ]  # fmt: skip
    assert sieve.remarks == []
