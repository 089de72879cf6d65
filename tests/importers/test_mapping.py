"""Mappings: any CSV or JSON, read as a small file says; what is wrong with one is told with its line and the repair."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.errors import FileRefused, RequestError
from selfdata_sdk.importers.cells import Cells
from selfdata_sdk.importers.conso import ConsoDownloader
from selfdata_sdk.importers.enedis_load_curve import EnedisLoadCurve
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.importers.mapping import mapping_schema, parse_mapping
from selfdata_sdk.importers.mapping_columns import quantities
from selfdata_sdk.importers.mapping_importer import Mapped
from selfdata_sdk.importers.units import factor
from selfdata_sdk.model import Record, Table
from selfdata_sdk.testing import importer_tests
from selfdata_sdk.testing.imported import imported

PARIS = ZoneInfo("Europe/Paris")
WATER = """
record = "water.use"
[csv]
[time]
column = "jour"
format = "DD/MM/YYYY"
stamp = "start"
step = "P1D"
[fields.litres]
column = "conso"
unit = "m3"
"""
BANK = """
record = "bank.transaction"
about = "account"
[csv]
delimiter = ","
decimal = "."
[time]
column = "Date"
format = "DD/MM/YYYY"
stamp = "date"
[fields.amount]
column = "Credit"
minus = "Debit"
[fields.label]
column = "Text"
[fields.kind]
column = "Kind"
words = { "CB" = "card", "Virement" = "transfer" }
"""
CURVE = """
record = "electricity.use"
about = "09876543210987"
holder = "Enedis"
[csv]
header = 3
[time]
column = "Horodate"
stamp = "end"
[fields.energy]
column = "Valeur"
unit = "W"
"""

NOTEBOOK = Path(__file__).parents[1] / "testing" / "holders" / "daily_notes.csv"

TestMappedCsv = importer_tests(
    Mapped(parse_mapping(WATER.replace("jour", "Jour").replace("conso", "Eau (m3)").encode(), "map.toml")), [NOTEBOOK]
)


def read(tmp_path: Path, mapping: str, text: str, name: str = "some.csv", **options: str) -> Found:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return imported(Mapped(parse_mapping(mapping.encode(), "map.toml")), path, **options)


def records(found: Found) -> list[Record]:
    return [r for t in found.tables for r in t.records()]


def without_importer(tables: Iterable[Table]) -> list[dict[str, object]]:
    return [r.model_dump(exclude={"source": {"importer", "version"}}) for t in tables for r in t.records()]


def test_days_are_local_days_and_cubic_metres_become_litres(tmp_path: Path) -> None:
    one, two = records(read(tmp_path, WATER, "jour;conso\n30/03/2025;0,412\n1/4/2025;0.5\n"))
    assert one.model_dump(include={"start", "end", "litres", "cadence"}) == {
        "start": datetime(2025, 3, 29, 23, tzinfo=UTC),
        "end": datetime(2025, 3, 30, 22, tzinfo=UTC),
        "litres": 412,
        "cadence": "P1D",
    }
    assert two.model_dump()["start"].astimezone(PARIS).date() == date(2025, 4, 1)


def test_months_end_where_the_next_one_starts(tmp_path: Path) -> None:
    mapping = WATER.replace("P1D", "P1M").replace("DD/MM/YYYY", "MM/YYYY")
    (use,) = records(read(tmp_path, mapping, "jour;conso\n02/2024;3\n"))
    assert use.model_dump()["end"].astimezone(PARIS) == datetime(2024, 3, 1, tzinfo=PARIS)


def test_a_bad_line_is_told_and_loses_no_other(tmp_path: Path) -> None:
    found = read(tmp_path, WATER, "jour;conso\n01/03/2025;1\n02/03/2025;?\n31/02/2025;1\n04/03/2025\n05/03/2025;2\n")
    assert sorted(r.locator for r in found.rejections) == ["line 3", "line 4", "line 5"]
    assert len(records(found)) == 2


def test_a_use_without_its_amount_is_a_gap_and_no_record(tmp_path: Path) -> None:
    found = read(tmp_path, WATER, "jour;conso\n01/03/2025;1\n02/03/2025;\n")
    assert (len(records(found)), found.rejections) == (1, [])


def test_money_is_exact_debits_are_taken_off_words_are_translated_and_like_lines_are_numbered(tmp_path: Path) -> None:
    text = 'Date,Text,Kind,Debit,Credit\n03/03/2025,Baker,CB,"1,012.5",\n03/03/2025,Baker,CB,"1,012.50",\n'
    text += "04/03/2025,Salary,Virement,,2000\n"
    a, b, c = (r.model_dump() for r in records(read(tmp_path, BANK, text)))
    assert [str(r["amount"]["amount"]) for r in (a, b, c)] == ["-1012.50", "-1012.50", "2000.00"]
    assert [(r["kind"], r["occurrence"], r["account"]) for r in (a, b, c)] == [
        ("card", 1, "account"), ("card", 2, "account"), ("transfer", 1, "account"),
    ]  # fmt: skip


def test_json_rows_are_found_by_a_path_and_lists_are_nested(tmp_path: Path) -> None:
    mapping = """
    record = "purchase.receipt"
    keep = ["extra"]
    [json]
    rows = "data.tickets"
    [time]
    column = "when"
    stamp = "instant"
    [fields.merchant]
    column = "shop.name"
    [fields.total]
    column = "sum"
    [fields.lines]
    column = "items"
    [fields.lines.fields.label]
    column = "what"
    [fields.lines.fields.amount]
    column = "price"
    """
    text = """{"data": {"tickets": [{"when": "2025-03-01T10:00:00.250+01:00", "shop": {"name": "Corner"}, "sum": 3.1,
      "extra": true, "items": [{"what": "Milk", "price": 1.1}, {"what": "Bread", "price": "2.00"}]},
      {"when": "2025-03-02T10:00:00Z", "shop": {"name": "Corner"}, "sum": 3, "items": [{"price": 1}]}]}}"""
    found = read(tmp_path, mapping, text)
    (receipt,) = (r.model_dump() for r in records(found))
    assert receipt["at"] == datetime(2025, 3, 1, 9, 0, 0, 250_000, tzinfo=UTC)
    assert [(line["label"], line["amount"]["amount"]) for line in receipt["lines"]] == [
        ("Milk", Decimal("1.10")), ("Bread", Decimal("2.00")),
    ]  # fmt: skip
    assert receipt["ext"] == {"mapping.extra": "true"}
    assert [r.locator for r in found.rejections] == ["$.data.tickets[1]"]


def test_a_long_text_is_kept_whole(tmp_path: Path) -> None:
    text = f"Date,Text,Kind,Debit,Credit\n03/03/2025,{'é' * 300},CB,1,\n"
    (found,) = records(read(tmp_path, BANK, text))
    assert found.model_dump()["label"] == "é" * 300


def test_an_encoding_that_is_said_is_used(tmp_path: Path) -> None:
    path = tmp_path / "mac.csv"
    path.write_bytes("Date,Text,Kind,Debit,Credit\n03/03/2025,Épicerie,CB,1,\n".encode("mac-roman"))
    mapping = BANK.replace("[csv]", '[csv]\nencoding = "mac-roman"')
    (found,) = records(imported(Mapped(parse_mapping(mapping.encode(), "map.toml")), path))
    assert found.model_dump()["label"] == "Épicerie"


def test_naive_times_in_autumn_are_told_apart_by_their_order_in_either_direction(tmp_path: Path) -> None:
    mapping = """
    record = "water.reading"
    [csv]
    header = 0
    [time]
    column = "1"
    clock = "2"
    format = "DD/MM/YYYY hh:mm"
    stamp = "instant"
    [fields.litres]
    column = "3"
    unit = "L"
    """
    lines = ["26/10/2025;01:30;1", "26/10/2025;02:30;2", "26/10/2025;02:30;3", "26/10/2025;03:30;4"]
    forward = records(read(tmp_path, mapping, "\n".join(lines) + "\n"))
    back = records(read(tmp_path, mapping, "\n".join(reversed(lines)) + "\n"))
    expected = [(datetime(2025, 10, 25, 23, 30, tzinfo=UTC), 1), (datetime(2025, 10, 26, 0, 30, tzinfo=UTC), 2)]
    expected += [(datetime(2025, 10, 26, 1, 30, tzinfo=UTC), 3), (datetime(2025, 10, 26, 2, 30, tzinfo=UTC), 4)]
    for found in (forward, back):
        assert [(r.model_dump()["at"], r.model_dump()["litres"]) for r in found] == expected


def test_a_mapping_of_an_enedis_curve_gives_what_its_own_importer_gives(tmp_path: Path) -> None:
    head = (
        "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;"
        "Unite;Pas en minutes\n09876543210987;Courbe de charge;01/01/2024;03/01/2024;Energie active;Consommation;"
        "Comptage Brut;W;\nHorodate;Valeur\n"
    )
    rows = [f"2024-01-01T{h:02}:00:00+01:00;{h * 7 % 300}" for h in range(1, 24)]
    rows += [f"2024-01-02T{h:02}:{m}:00+01:00;{h * 13}" for h in range(24) for m in ("00", "30")]
    rows[5] = rows[5].split(";")[0] + ";"
    rows[40] = rows[40].split(";")[0] + ";x"
    text = head + "\n".join(rows) + "\n"
    mapped = read(tmp_path, CURVE, text)
    own = imported(EnedisLoadCurve(), tmp_path / "some.csv")
    assert [t.series for t in mapped.tables] == [t.series for t in own.tables]
    assert without_importer(mapped.tables) == without_importer(own.tables)
    assert [r.locator for r in mapped.rejections] == [r.locator for r in own.rejections]


def test_a_mapping_of_kilowatts_from_their_start_gives_what_its_own_importer_gives(tmp_path: Path) -> None:
    mapping = CURVE.replace("header = 3", "").replace("Horodate", "debut").replace("Valeur", "kW")
    mapping = mapping.replace('"W"', '"kW"').replace('"end"', '"start"')
    rows = [f'2024-01-01T{h:02}:{m}:00+01:00;"0,{h:02}{m}"' for h in range(24) for m in ("00", "30")]
    text = "debut;kW\n" + "\n".join(rows) + "\n"
    mapped = read(tmp_path, mapping, text)
    own = imported(ConsoDownloader(), tmp_path / "some.csv", about="09876543210987")
    assert without_importer(mapped.tables) == without_importer(own.tables)


def test_what_a_mapping_says_is_part_of_its_version() -> None:
    one, two = (Mapped(parse_mapping(m.encode(), "m")) for m in (WATER, WATER.replace("m3", "L")))
    assert one.version == Mapped(parse_mapping(WATER.encode(), "m")).version != two.version


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (('"m3"', '"gallon"'), "map.toml, line 11, fields.litres.unit", "Write one of L, "),
        (('unit = "m3"', ""), "map.toml, line 9, fields.litres", 'Write unit = "L"'),
        (("litres", "liters"), "map.toml, line 9, fields.liters", "Did you mean litres?"),
        (("column = \"conso\"", "colum = \"conso\""), "map.toml, line 9, fields.litres.column", "Add it."),
        (('stamp = "start"', 'stamp = "date"'), "map.toml, line 7, time.stamp", "Write start or end."),
        (('"P1D"', '"a day"'), "map.toml, line 8, time.step", "Change it."),
        (("[csv]", "[cvs]"), "map.toml, line 3, cvs", "Did you mean csv?"),
        (("[csv]", "[csv]\n[json]"), "map.toml", "Add [csv]"),
        (("water.use", "water.usage"), "map.toml, record", "Did you mean"),
        (("[time]", "[[time"), "map.toml, line 4", "Write key"),
        (("[fields.litres]", "[fields.point]"), "map.toml, line 9, fields.point", 'Write about = "…" at the top.'),
    ],
)  # fmt: skip
def test_a_mistake_in_a_mapping_is_told_with_its_line_its_key_and_what_to_write(
    change: tuple[str, str], place: str, words: str
) -> None:
    with pytest.raises(RequestError) as caught:
        parse_mapping(WATER.replace(*change).encode(), "map.toml")
    assert caught.value.where == place
    assert words in caught.value.next


def test_a_column_that_the_file_does_not_have_refuses_it_whole(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="no column “conso”"):
        read(tmp_path, WATER, "jour;litres\n01/03/2025;1\n")
    with pytest.raises(FileRefused, match="no list of rows"):
        read(tmp_path, WATER.replace("[csv]", '[json]\nrows = "a.b"'), '{"a": {}}')


def test_the_schema_of_mappings_takes_what_is_read_and_refuses_what_is_not() -> None:
    import tomllib

    schema = mapping_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(tomllib.loads(BANK), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(BANK.replace("minus", "less")), schema)


def test_the_published_schema_is_what_the_code_says() -> None:
    published = resources.files("selfdata_sdk.importers").joinpath("mapping.schema.json").read_text("utf-8")
    assert json.loads(published) == mapping_schema()


@given(st.integers(-(10**9), 10**9), st.sampled_from(["L", "m3", "mL", "cL", "hL"]))
def test_a_quantity_is_exact_whatever_its_unit(millionths: int, unit: str) -> None:
    one = factor(unit, "L")
    assert one is not None
    text = format(Decimal(millionths).scaleb(-6), "f")
    values, bad = quantities(Cells.of([text]), one * 1000)
    assert not bad.any()
    assert values.tolist() == [round(Fraction(millionths, 10**6) * one * 1000)]


@given(st.integers(0, 10**9), st.sampled_from([("km/h", "m/s"), ("J", "W.h"), ("KiBy", "By"), ("min", "s")]))
def test_a_unit_that_is_no_power_of_ten_is_rounded_once(number: int, units: tuple[str, str]) -> None:
    one = factor(*units)
    assert one is not None
    values, _ = quantities(Cells.of([str(number)]), one * 100)
    assert values.tolist() == [round(number * one * 100)]


def test_a_file_with_its_columns_elsewhere_gives_the_same_records(tmp_path: Path) -> None:
    one = records(read(tmp_path, WATER, "jour;conso\n01/03/2025;1\n"))
    shutil.rmtree(tmp_path, ignore_errors=True)
    tmp_path.mkdir()
    two = records(read(tmp_path, WATER, "conso;note;jour\n1;x;01/03/2025\n"))
    assert [r.id for r in one] == [r.id for r in two]
