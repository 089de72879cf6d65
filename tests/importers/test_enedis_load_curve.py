"""Enedis load curves: every trap of the format, and the two fast ways that give the same as the slow one."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers.enedis_load_curve import EnedisLoadCurve
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.importer import Found, Options
from selfdata_sdk.importers.power_rows import Readings, _line, by_arrow, by_words
from selfdata_sdk.model import ElectricityUse, Table
from selfdata_sdk.testing.files import enedis_load_curve
from selfdata_sdk.testing.imported import imported

HEADER = (
    "\ufeffIdentifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;"
    "Unite;Pas en minutes\n"
    "{prm};{kind};01/01/2024;01/02/2024;Energie active;{direction};{stage};{unit};{step}\n"
    "Horodate;Valeur\n"
)


def header(
    prm: str = "09876543210987",
    kind: str = "Courbe de charge",
    direction: str = "Consommation",
    stage: str = "Comptage Brut",
    unit: str = "W",
    step: str = "",
) -> str:
    return HEADER.format(prm=prm, kind=kind, direction=direction, stage=stage, unit=unit, step=step)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "curve.csv"


def read(path: Path, text: str) -> Found:
    path.write_bytes(text.encode())
    return imported(EnedisLoadCurve(), path)


def uses(found: Found) -> list[ElectricityUse]:
    return [r for table in found.tables for r in table.records() if isinstance(r, ElectricityUse)]


def texts(found: Found) -> set[str]:
    return {r.text.en for r in found.remarks}


def test_a_value_is_the_mean_power_over_the_half_hour_that_ends_at_its_stamp(file: Path) -> None:
    found = read(file, header() + "2024-01-01T00:30:00+01:00;412\n2024-01-01T01:00:00+01:00;9\n")
    first, second = uses(found)
    assert first.start == datetime(2023, 12, 31, 23, 0, tzinfo=UTC)
    assert first.end == datetime(2023, 12, 31, 23, 30, tzinfo=UTC)
    assert (first.power, first.energy) == (Decimal(412), Decimal(206))
    assert second.energy == Decimal("4.5")
    assert first.point == "09876543210987"
    assert (first.quality, first.status, first.tz) == ("measured", "final", "Europe/Paris")
    assert first.source.locator == "line 4"
    assert found.tables[0].series.cadence == "PT30M"


def test_a_whole_generated_year_is_read_without_loss_across_both_changes_of_the_clock(file: Path) -> None:
    watts = [i % 5000 for i in range(17_568)]
    found = imported(EnedisLoadCurve(), enedis_load_curve(file, watts))
    (table,) = found.tables
    assert table.ints("power").tolist() == [1000 * w for w in watts]
    assert (np.diff(table.ints("end")) == 1_800_000_000).all()
    assert table.ints("start")[0] == datetime(2023, 12, 31, 23, tzinfo=UTC).timestamp() * 1e6


def test_energy_over_ten_minutes_that_is_no_whole_milliwatt_hour_is_rounded_half_to_even_and_said_once(
    file: Path,
) -> None:
    lines = "".join(f"2024-01-01T00:{m}0:00+01:00;{w}\n" for m, w in ((1, 100), (2, 1), (3, 6)))
    found = read(file, header(step="10") + lines)
    assert [u.energy for u in uses(found)] == [Decimal("16.667"), Decimal("0.167"), Decimal(1)]
    (remark,) = (r for r in found.remarks if "rounded" in r.text.en)
    assert (remark.locator, remark.count) == ("line 4", 2)


def test_the_step_may_change_inside_a_file_and_each_step_is_a_series(file: Path) -> None:
    hours = [f"2024-01-01T{h:02}:00:00+01:00;60" for h in range(1, 6)]
    halves = ["2024-01-01T05:30:00+01:00;60", "2024-01-01T06:00:00+01:00;60"]
    tens = [f"2024-01-01T06:{m}:00+01:00;60" for m in (10, 20, 30)]
    found = read(file, header() + "\n".join([*hours, *halves, *tens]) + "\n")
    assert {t.series.cadence: len(t) for t in found.tables} == {"PT10M": 3, "PT30M": 2, "PT1H": 5}
    assert sorted(u.energy for u in uses(found)) == [10, 10, 10, 30, 30, 60, 60, 60, 60, 60]
    ordered = sorted(uses(found), key=lambda u: u.start)
    assert all(a.end == b.start for a, b in pairwise(ordered))


def test_a_hole_of_one_half_hour_does_not_make_the_next_value_count_for_an_hour(file: Path) -> None:
    stamps = ("00:30", "01:00", "02:00", "02:30", "03:00")
    found = read(file, header() + "".join(f"2024-01-01T{s}:00+01:00;100\n" for s in stamps))
    assert [u.energy for u in uses(found)] == [50] * 5


def test_a_stated_step_holds_and_is_no_guess(file: Path) -> None:
    found = read(file, header(step="30") + "2024-01-01T00:30:00+01:00;100\n2024-01-01T01:30:00+01:00;100\n")
    assert [u.energy for u in uses(found)] == [50, 50]
    assert not found.remarks


def test_a_single_value_without_a_stated_step_is_assumed_to_be_half_an_hour_and_said(file: Path) -> None:
    found = read(file, header() + "2024-01-01T00:30:00+01:00;100\n")
    assert uses(found)[0].energy == 50
    assert "half an hour was assumed" in next(iter(texts(found)))


def test_an_inferred_step_is_reported_as_a_guess(file: Path) -> None:
    found = read(file, header() + "2024-01-01T00:30:00+01:00;100\n2024-01-01T01:00:00+01:00;100\n")
    assert [r.kind for r in found.remarks] == ["guess"]


def test_an_empty_value_is_missing_and_never_zero(file: Path) -> None:
    rows = "2024-01-01T00:30:00+01:00;100\n2024-01-01T01:00:00+01:00;\n2024-01-01T01:30:00+01:00;0\n"
    found = read(file, header() + rows)
    assert [u.power for u in uses(found)] == [100, 0]
    assert not found.rejections


def test_an_empty_value_becomes_a_row_that_says_that_it_is_missing(file: Path) -> None:
    """The importer itself says so; what reads its tables takes the row out and reports the gap."""
    file.write_text(header() + "2024-01-01T00:30:00+01:00;100\n2024-01-01T01:00:00+01:00;\n", encoding="utf-8")
    source = uses(imported(EnedisLoadCurve(), file))[0].source
    tables = [t for t in EnedisLoadCurve().read(File(file), source, Options()) if isinstance(t, Table)]
    (gone,) = (t for t in tables if "power" not in t.columns)
    assert gone.column("quality").list() == ["missing"]  # type: ignore[union-attr]
    assert gone.ints("end").tolist() == [int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000]


def test_a_stray_delimiter_after_header_and_values_is_ignored(file: Path) -> None:
    plain = header() + "2024-01-01T00:30:00+01:00;100\n2024-01-01T01:00:00+01:00;\n2024-01-01T01:30:00+01:00;7\n"
    stray = "\n".join(line + ";" for line in plain.splitlines()) + "\n"
    assert uses(read(file, stray)) == uses(read(file, plain))


def test_blank_lines_and_windows_line_ends_change_nothing_but_the_line_numbers(file: Path) -> None:
    lines = "2024-01-01T00:30:00+01:00;100\r\n\r\n2024-01-01T01:00:00+01:00;7\r\n"
    found = read(file, header().replace("\n", "\r\n") + "\r\n" + lines)
    assert [(u.power, u.source.locator) for u in uses(found)] == [(Decimal(100), "line 5"), (Decimal(7), "line 7")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2024-02-30T00:30:00+01:00;100", "date and time"),
        ("2024-01-01T24:30:00+01:00;100", "date and time"),
        ("2024-01-01 soir;100", "date and time"),
        (";100", "date and time"),
        ("2024-01-01T00:30:00;100", "date and time"),
        ("2024-01-01T03:30:00+01:00;0x1F", "not a number"),
        ("2024-01-01T03:30:00+01:00;12A4", "not a number"),
        ("2024-01-01T03:30:00+01:00;-5", "negative"),
        ("2024-01-01T03:30:00+01:00;999999999999", "too large"),
        ("2024-01-01T03:30:00+01:00", "no column"),
        ("2024-01-01T03:30:00+01:00;1;2", "more columns"),
    ],
)
def test_a_bad_line_is_rejected_by_its_number_and_no_other_is_lost(file: Path, line: str, reason: str) -> None:
    good = ("2024-01-01T01:00:00+01:00;100", "2024-01-01T01:30:00+01:00;200", "2024-01-01T02:00:00+01:00;300")
    found = read(file, header() + "\n".join([*good[:2], line, good[2]]) + "\n")
    (rejection,) = found.rejections
    assert rejection.locator == "line 6"
    assert reason in rejection.reason.en
    assert [u.power for u in uses(found)] == [100, 200, 300]


def test_a_value_with_decimals_is_kept_exactly(file: Path) -> None:
    found = read(file, header(step="30") + "2024-01-01T01:00:00+01:00;100,5\n2024-01-01T01:30:00+01:00;0.25\n")
    assert [(u.power, u.energy) for u in uses(found)] == [
        (Decimal("100.5"), Decimal("50.25")),
        (Decimal("0.25"), Decimal("0.125")),
    ]


def test_kilowatts_are_read_as_such(file: Path) -> None:
    found = read(file, header(unit="kW", step="30") + "2024-01-01T01:00:00+01:00;2\n2024-01-01T01:30:00+01:00;1.5\n")
    assert [u.power for u in uses(found)] == [2000, 1500]


def test_a_missing_unit_is_a_guess_and_makes_the_values_questionable(file: Path) -> None:
    found = read(file, header(unit="", step="30") + "2024-01-01T01:00:00+01:00;2\n")
    assert uses(found)[0].quality == "questionable"
    assert any("unit" in t for t in texts(found))


def test_a_corrected_curve_is_edited(file: Path) -> None:
    found = read(file, header(stage="Comptage Corrigé", step="30") + "2024-01-01T01:00:00+01:00;2\n")
    assert uses(found)[0].quality == "edited"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (header(direction="Production"), "fed into the network"),
        (header(unit="VAr"), "unit"),
    ],
)
def test_a_part_that_is_no_use_is_left_out_with_the_reason(file: Path, text: str, reason: str) -> None:
    found = read(file, text + "2024-01-01T01:00:00+01:00;2\n")
    assert not found.tables
    assert [r.locator for r in found.rejections] == ["line 2"]
    assert reason in found.rejections[0].reason.en


def test_several_supply_points_in_one_file_are_kept_apart_and_other_parts_rejected(file: Path) -> None:
    row = "2024-01-01T01:00:00+01:00;2\n"
    parts = (header(step="30"), header(prm="11111111111111", step="30"), header(kind="Index"))
    found = read(file, (parts[0] + row + parts[1].lstrip("\ufeff") + row + parts[2].lstrip("\ufeff") + row))
    assert sorted(t.series.about for t in found.tables) == ["09876543210987", "11111111111111"]
    assert [r.locator for r in found.rejections] == ["line 10"]


def test_the_person_can_name_another_supply_point_register_and_zone(file: Path) -> None:
    enedis_load_curve(file, [1, 2])
    (table,) = imported(EnedisLoadCurve(), file, about="home", register="studio", tz="Indian/Reunion").tables
    assert (table.series.about, table.series.register, table.series.tz) == ("home", "studio", "Indian/Reunion")


def test_lines_in_any_order_give_the_same_records(file: Path) -> None:
    rows = [f"2024-01-01T{h:02}:{m:02}:00+01:00;{h * 60 + m}" for h in range(1, 5) for m in (0, 30)]
    forward = uses(read(file, header() + "\n".join(rows) + "\n"))
    backward = uses(read(file, header() + "\n".join(reversed(rows)) + "\n"))
    assert [(u.start, u.power, u.energy) for u in forward] == [(u.start, u.power, u.energy) for u in backward]


def test_one_moment_stated_twice_differently_is_a_disagreement_and_does_not_disturb_the_step(file: Path) -> None:
    rows = ("00:30:00+01:00;1", "01:00:00+01:00;2", "01:00:00+01:00;3", "01:30:00+01:00;4")
    found = read(file, header() + "".join(f"2024-01-01T{r}\n" for r in rows))
    assert [u.power for u in uses(found)] == [1, 3, 4]
    assert "disagreement" in {r.kind for r in found.remarks}


@pytest.mark.parametrize("cut", ["2024-01-01T01:3", "2024-01-01T01:30:00+01:00"])
def test_a_file_that_stops_in_the_middle_of_a_line_is_refused_with_the_line(file: Path, cut: str) -> None:
    with pytest.raises(FileRefused, match="line 6"):
        read(file, header() + "2024-01-01T00:30:00+01:00;1\n2024-01-01T01:00:00+01:00;1\n" + cut)


def test_a_file_that_stops_before_its_values_is_refused(file: Path) -> None:
    with pytest.raises(FileRefused, match="before its values"):
        read(file, "".join(header().splitlines(keepends=True)[:2]))


def test_zero_bytes_after_a_good_start_are_refused_with_the_line(file: Path) -> None:
    with pytest.raises(FileRefused, match="Line 5 holds zero bytes"):
        read(file, header() + "2024-01-01T00:30:00+01:00;1\n" + "\0" * 1000 + "\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>Identifiant PRM;Type de donnees</html>",
        header(kind="Index"),
        "Horodate;Valeur\n2024-01-01T00:30:00+01:00;1\n",
        "Identifiant PRM;Type de donnees\n",
    ],
)
def test_other_files_are_not_recognised(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert not EnedisLoadCurve().recognises(File(file).sample)


def test_a_file_longer_than_one_piece_has_the_right_line_numbers(file: Path) -> None:
    n = 200_000
    path = enedis_load_curve(file, range(n))
    data = path.read_bytes()
    path.write_bytes(data.replace(b";150000\n", b";150000!\n"))
    found = imported(EnedisLoadCurve(), path)
    assert [r.locator for r in found.rejections] == ["line 150004"]
    (table,) = found.tables
    assert len(table) == n - 1
    assert (table.ints("locator") - 4 == table.ints("power") // 1000).all()


# Two fast ways and the slow one.

DIGITS = st.text("0123456789", min_size=0, max_size=9)
STAMPS = st.builds(
    lambda at, offset: (
        (datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=at)).strftime("%Y-%m-%dT%H:%M:%S") + offset
    ),
    st.integers(-20_000_000, 20_000_000),
    st.sampled_from(["+01:00", "+02:00", "-11:30", "+00:00", "+05:45"]),
)
NOISE = st.text("0123456789-+:T;. xXeZ\t\r\x00/", max_size=34)
LINES = st.one_of(
    st.builds("{};{}".format, STAMPS, DIGITS),
    st.builds("{};{};".format, STAMPS, DIGITS),
    st.builds("{};{}".format, STAMPS, st.sampled_from(["-3", "-0", "+7", "0x1F", "1e3", "nan", "NA", " 5", "5 "])),
    st.builds(
        "{};{}".format,
        st.sampled_from(
            [
                "2024-01-01T00:30+01:00",
                "2024-01-01 00:30:00+01:00",
                "2024-01-01T00:30:00+0100",
                "2024-01-01T00:30:00Z",
                "2024-01-01T00+01",
                "2024-01-01",
                "2024-13-01T00:30:00+01:00",
                "2023-02-29T00:30:00+01:00",
                "0000-01-01T00:30:00+01:00",
                "2024-01-01T00:30:00.000+01:00",
                "2024-01-01T00:30:00+24:00",
            ]
        ),
        DIGITS,
    ),
    NOISE.filter(lambda t: "\0" not in t),
)


def same(a: Readings, b: Readings) -> bool:
    return (
        a.at.tolist() == b.at.tolist()
        and a.power.tolist() == b.power.tolist()
        and a.lines.tolist() == b.lines.tolist()
        and a.count == b.count
        and a.rejected == b.rejected
    )


def one_by_one(block: bytes, first: int) -> Readings:
    """Each line read on its own by the reader of irregular lines: the reference."""
    at, power, lines, rejected = [], [], [], []
    rows = block.split(b"\n")
    rows = rows[:-1] if not rows[-1] else rows
    for number, row in enumerate(rows, first):
        if not row.strip():
            continue
        stamp, value, reason = _line(row, False)
        if reason is None:
            at.append(stamp)
            power.append(value)
            lines.append(number)
        else:
            rejected.append((number, reason))
    return Readings(np.array(at, np.int64), np.array(power, np.int64), np.array(lines, np.int64), len(rows), rejected)


@given(st.lists(LINES, max_size=12), st.booleans())
@example(["2024-01-01T00:30:00+01:00;00000012"], True)
@example(["2024-01-01T00:30:00+01:00;123456789", "2024-01-01T00:30:00+01:00;12345678"], True)
@example(["2024-01-01T00:30:00+01:00;1\r2024-01-01T00:30:00+01:00;2"], True)
@settings(deadline=None, max_examples=400)
def test_eight_bytes_at_a_time_reads_what_reading_line_by_line_does(lines: list[str], ended: bool) -> None:
    block = ("\n".join(lines) + ("\n" if ended and lines else "")).encode()
    assert same(by_words(block, 7), one_by_one(block, 7))


@given(st.lists(LINES, min_size=1, max_size=8))
@example(["2024-01-01T00:30:00+01:00;-0"])
@example(["2024-01-01T00:30:00+01:00;", "2024-01-01T00:30:00+01:00;5"])
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_arrow_gives_up_or_reads_what_reading_line_by_line_does(lines: list[str]) -> None:
    pytest.importorskip("pyarrow")
    block = ("\n".join(lines) + "\n").encode()
    found = by_arrow(block, 7)
    assert found is None or same(found, one_by_one(block, 7))


@given(st.lists(st.tuples(st.integers(0, 99_999), st.booleans()), min_size=1, max_size=200))
@settings(deadline=None, max_examples=50)
def test_a_regular_block_is_read_alike_by_all_three(values: list[tuple[int, bool]]) -> None:
    pytest.importorskip("pyarrow")
    start = datetime(2024, 3, 30, tzinfo=UTC)
    block = "".join(
        f"{start + timedelta(minutes=30 * i):%Y-%m-%dT%H:%M:%S}+00:00;{'' if empty else value}\n"
        for i, (value, empty) in enumerate(values)
    ).encode()
    arrow = by_arrow(block, 4)
    assert arrow is not None
    assert same(arrow, by_words(block, 4))
    assert same(arrow, one_by_one(block, 4))


def test_kilowatts_are_alike_in_both_fast_ways() -> None:
    pytest.importorskip("pyarrow")
    block = b"2024-01-01T00:30:00+01:00;2\n2024-01-01T01:00:00+01:00;\n"
    arrow = by_arrow(block, 1, thousand=True)
    assert arrow is not None
    assert same(arrow, by_words(block, 1, thousand=True))
    assert arrow.power[0] == 2_000_000


def test_without_arrow_the_same_file_gives_the_same_table(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    assert "pyarrow" in sys.modules
    path = enedis_load_curve(file, [None if i % 7 == 3 else i for i in range(500)])
    with_arrow = imported(EnedisLoadCurve(), path)
    monkeypatch.delitem(sys.modules, "pyarrow")
    without = imported(EnedisLoadCurve(), path)
    assert uses(with_arrow) == uses(without)
    assert with_arrow.remarks == without.remarks


def test_a_last_line_without_its_end_is_taken_if_it_is_whole(file: Path) -> None:
    found = read(file, header(step="30") + "2024-01-01T00:30:00+01:00;5")
    assert [u.power for u in uses(found)] == [5]
