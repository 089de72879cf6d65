"""Calls, messages and data of operators: units, languages, clocks, several persons in one file."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers import File, Importers, Options
from selfdata_sdk.importers.cdr_csv import CdrCsv, TopUpsCsv
from selfdata_sdk.importers.file import Held
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.importers.sieve import Sieve
from selfdata_sdk.importers.telecom import line_of, same_line
from selfdata_sdk.model import Position, Source, TelecomUsage
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.example import NOW

FILES = Path(__file__).parents[1] / "files" / "telecom"
MADE = Path(__file__).parents[1] / "testing" / "holders"
Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]
HEADER = "DT_HOROD;NDE_NU_CONCERNE;NDE_NU_CORRESP;NB_UNITE;CO_TYPUNIT;type;lat;lon"


def usages(found: Found) -> list[TelecomUsage]:
    return [r for t in found.tables for r in t.records() if isinstance(r, TelecomUsage)]


def said(found: Found) -> list[tuple[object, ...]]:
    return [(u.kind, u.direction, u.duration, u.count, u.volume) for u in usages(found)]


def cdr(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


def test_seconds_messages_and_octets_stand_in_one_column(read: Read) -> None:
    found = read(CdrCsv(), MADE / "cdr.csv")
    kinds = {u.kind: (u.duration, u.count, u.volume) for u in usages(found)}
    assert kinds == {
        "voice": (Decimal(30), None, None), "sms": (None, Decimal(1), None), "data": (None, None, Decimal(1048576)),
    }  # fmt: skip
    assert {t.series.about for t in found.tables} == {"33639980001"}


def test_two_messages_of_one_moment_are_two_and_rows_without_a_place_are_no_position(read: Read) -> None:
    found = read(CdrCsv(), MADE / "cdr.csv")
    messages = [u for u in usages(found) if u.kind == "sms" and u.occurrence == 2]
    places = [r for t in found.tables for r in t.records() if isinstance(r, Position)]
    assert len(messages) == 3
    assert len(usages(found)) - len(places) == 3
    assert {p.quality for p in places} == {"estimated"}


def test_the_clock_that_goes_back_is_followed_in_the_order_of_the_rows(read: Read) -> None:
    first = [u.at.isoformat()[11:16] for u in usages(read(CdrCsv(), MADE / "cdr.csv"))[:5]]
    assert first == ["23:10", "00:15", "00:45", "01:10", "02:05"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("75;s;VOICE", ("voice", "none", Decimal(75), None, None)),
        ("1;M;SMS-C", ("sms", "none", None, Decimal(1), None)),
        ("120;c;SMS MO", ("sms", "out", None, Decimal(1), None)),
        ("2048;c;DATA", ("data", "none", None, None, Decimal(2048))),
        ("12,5;Mo;Internet", ("data", "none", None, None, Decimal(12_500_000))),
        ("1:02:03;NULL;Appel entrant", ("voice", "in", Decimal(3723), None, None)),
        ("2 min 3 s;;appel", ("voice", "none", Decimal(123), None, None)),
        ("3;;MMS envoyé", ("mms", "out", None, Decimal(3), None)),
        ("NULL;NULL;SMS reçu", ("sms", "in", None, Decimal(1), None)),
        ("90;;voix", ("voice", "none", Decimal(90), None, None)),
    ],
)
def test_how_much_is_read_by_its_unit(read: Read, write: Write, row: str, expected: tuple[object, ...]) -> None:
    found = read(CdrCsv(), write(cdr(f"2014-03-01 08:15:00;0600000001;0600000002;{row};NULL;NULL")))
    assert said(found) == [expected]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("soon;0600000001;;75;s;VOICE;;", "Its date or time cannot be read."),
        ("2014-03-01 08:15;0600000001;;x1;s;VOICE;;", "Its value is not a number."),
        ("2014-03-01 08:15;0600000001;;75;parsec;VOICE;;", "It counts in a unit that is not known."),
        ("2014-03-01 08:15;0600000001;;75;;DATA;;", "It counts in a unit that is not known."),
        ("2014-03-01 08:15;0600000001;;99999999999999999999;s;VOICE;;", "Its value is not a number."),
        ("2014-03-01 08:15;0600000001;;900000000;Go;DATA;;", "Its value is not a number."),
        ("2014-03-01 08:15;0600000001", "It does not have as many cells as the header."),
    ],
)
def test_a_bad_row_is_named_and_loses_no_other(read: Read, write: Write, row: str, reason: str) -> None:
    good = "2014-03-01 09:00;0600000001;0600000002;75;s;VOICE;;"
    found = read(CdrCsv(), write(cdr(row, good)))
    assert len(usages(found)) == 1
    assert [(r.locator, r.reason.en) for r in found.rejections] == [("line 2", reason)]


def test_a_place_that_cannot_be_read_is_named_and_the_call_is_kept(read: Read, write: Write) -> None:
    found = read(CdrCsv(), write(cdr("2014-03-01 08:15;0600000001;;75;s;VOICE;91;4.8")))
    assert len(usages(found)) == 1
    assert [r.reason.en for r in found.rejections] == ["Its place cannot be read."]


def test_a_customers_page_in_french_or_english_is_read_by_its_words(read: Read, write: Write) -> None:
    french = (
        "Date;Heure;Numéro appelé;Type;Durée / Volume;Coût\n01/03/2014;08:15:30;06 00 00 00 02;Appel;00:01:15;0,25 €\n"
    )
    english = "Date,Time,Called number,Service,Duration,Charge\n2014-03-01,08:15:30,06 00 00 00 02,Call,75,0.25\n"
    for text in (french, english):
        found = read(CdrCsv(), write(text))
        (use,) = usages(found)
        assert (use.at.isoformat(), use.partner) == ("2014-03-01T07:15:30+00:00", "06 00 00 00 02")
        assert (use.duration, use.line) == (Decimal(75), None)
        assert use.cost is not None
        assert (use.cost.amount, use.cost.currency) == (Decimal("0.25"), "EUR")
        assert [r.text.en for r in found.remarks] == [
            "The file does not say in which currency costs are: taken to be euros."
        ]


def test_a_file_of_several_numbers_is_refused_unless_one_is_named(read: Read, write: Write) -> None:
    rows = [f"2014-03-01 0{i}:00;060000000{1 + i % 2};;{i};s;VOICE;;" for i in range(1, 6)]
    path = write(cdr(*rows))
    with pytest.raises(FileRefused, match="about 2 telephone numbers") as refused:
        read(CdrCsv(), path)
    assert refused.value.next == "Name yours: --about NUMBER."
    with pytest.raises(FileRefused, match="says nothing about the number"):
        read(CdrCsv(), path, Options(about="0600000009"))
    found = read(CdrCsv(), path, Options(about="+33 6 00 00 00 01"))
    assert [u.duration for u in usages(found)] == [Decimal(2), Decimal(4)]
    assert {u.line for u in usages(found)} == {"+33 6 00 00 00 01"}
    assert [r.text.en for r in found.remarks] == ["It is about another line than the one that you named: left out."] * 3


def test_one_number_is_itself_in_each_notation() -> None:
    assert same_line("+33 6 12 34 56 78", "0612345678")
    assert not same_line("0612345678", "0612345679")
    assert not same_line("3900", "3901")
    assert line_of("(+33) 6/12") == "+33 6 12"


def test_top_ups_of_many_callers_are_read_for_the_one_who_is_named(read: Read) -> None:
    path = FILES / "cider_recharges.csv"
    with pytest.raises(FileRefused, match="about 800 telephone numbers"):
        read(TopUpsCsv(), path)
    found = read(TopUpsCsv(), path, Options(about="00187243272"))
    assert len(usages(found)) == 27
    assert {(u.kind, u.direction, u.partner) for u in usages(found)} == {("top_up", "none", None)}
    assert all(u.cost and u.cost.amount.as_tuple().exponent == -2 for u in usages(found))


@pytest.mark.parametrize(
    "header", ["date;libellé;montant", "date;ligne;arrêt", "debut;kW", "a;b", "", "timestamp,amount", "Time Flow"]
)
def test_other_tables_are_left_alone(write: Write, header: str) -> None:
    sample = File(write(f"{header}\n1;2;3\n")).sample
    assert [i.name for i in Importers().recognising(sample) if i.name in ("cdr-csv", "top-ups-csv")] == []


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["1;M", "60;s"])), min_size=2, max_size=12), st.data())
def test_exports_that_overlap_give_the_same_as_one(rows: list[tuple[int, str]], data: st.DataObject) -> None:
    """As long as each holds all rows of its moments."""
    ordered = sorted(rows, key=lambda r: r[0])
    lines = [f"2014-03-01 08:0{minute}:00;0600000001;0600000002;{units};;;" for minute, units in ordered]
    cut = data.draw(st.integers(0, 4))
    back = data.draw(st.integers(0, cut))
    early = [line for line, (minute, _) in zip(lines, ordered, strict=True) if minute <= cut]
    late = [line for line, (minute, _) in zip(lines, ordered, strict=True) if minute >= back]
    assert stored(lines) == stored(early, late)


def stored(*exports: list[str]) -> list[str]:
    source = Source(holder="x", importer="cdr-csv", version="1", retrieved_at=NOW)
    with PersonalStore(MemoryCloud()) as store:
        for lines in exports:
            sieve = Sieve()
            for item in CdrCsv().read(Held(Path(), cdr(*lines).encode()), source, Options()):
                sieve.add(item)
            store.write(list(sieve.close()))
        return sorted(str(r.id) for held in store.read(TelecomUsage).tables for r in held.records())
