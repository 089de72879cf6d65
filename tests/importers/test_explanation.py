"""Before anything is written a person sees which column became which field; an unknown table comes with a mapping."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from selfdata_sdk.importers import Importers
from selfdata_sdk.importers.explanation import Explanation, explain
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.importing import read_here
from selfdata_sdk.importers.mapping import parse_mapping
from selfdata_sdk.importers.mapping_importer import Mapped

NOW = datetime(2025, 6, 1, tzinfo=UTC)
FILES = Path(__file__).parents[1] / "files"
HOLDERS = Path(__file__).parents[1] / "testing" / "holders"


def explained(tmp_path: Path, text: str, mapping: str = "") -> Explanation:
    path = tmp_path / "some.csv"
    path.write_text(text, encoding="utf-8")
    chosen = Mapped(parse_mapping(mapping.encode(), "map.toml")) if mapping else None
    return explain(File(path), now=NOW, chosen=chosen)


def fields(found: Explanation) -> dict[str, list[tuple[str, str]]]:
    """Column → (field, how) of each."""
    return {c.name: [(t.field, t.how.en if t.how else "") for t in c.fields] for c in found.columns}


def test_a_format_that_knows_nothing_of_explanations_is_explained_by_its_records() -> None:
    found = explain(File(FILES / "water" / "historique_jours_litres.csv"), now=NOW)
    assert fields(found) == {
        "Date de relevé": [("at", "")],
        "Index relevé (litres)": [("litres", "")],
        "Consommation du jour (litres)": [("litres", "")],
        "Index Mesuré/Estimé": [],
    }
    assert (found.traced, found.good, found.rejected) == (True, 30, 0)
    assert {s.series.type for s in found.series} == {"water.reading/1", "water.use/1"}
    assert found.remarks


def test_the_end_of_a_step_a_factor_and_a_bad_line_are_told(tmp_path: Path) -> None:
    text = "debut;fin;kW\n" + "".join(
        f"2024-01-01T{h:02}:00:00+01:00;2024-01-01T{h:02}:30:00+01:00;0,{h + 11}\n" for h in range(5)
    )
    found = explained(tmp_path, text + "2024-01-01T06:00:00+01:00;2024-01-01T06:30:00+01:00;x\n")
    assert fields(found) == {
        "debut": [("start", "the start of the interval")],
        "fin": [("end", "the end of the interval")],
        "kW": [("energy", "multiplied by 500"), ("power", "multiplied by 1,000")],
    }
    assert (found.good, found.rejected, found.rejections[0].locator) == (5, 1, "line 7")
    (series,) = found.series
    assert (series.series.tz, series.series.cadence) == ("Europe/Paris", "PT30M")
    assert {f.name: (f.example, f.unit) for f in series.fields}["power"] == ("110", "W")


def test_debits_words_and_what_is_kept_beside_are_told(tmp_path: Path) -> None:
    mapping = """
    record = "bank.transaction"
    about = "account"
    keep = ["memo"]
    [csv]
    [time]
    column = "date"
    format = "DD/MM/YYYY"
    stamp = "date"
    [fields.amount]
    column = "credit"
    minus = "debit"
    [fields.label]
    column = "what"
    [fields.kind]
    column = "how"
    words = { cb = "card", vir = "transfer" }
    """
    text = "date;what;how;debit;credit;memo;other\n"
    text += "01/02/2025;Shop;cb;12,50;;m;z\n02/02/2025;Pay;vir;;2000,00;n;z\n"
    text += "03/02/2025;Baker;cb;3,00;;o;z\n"
    found = explained(tmp_path, text, mapping)
    assert fields(found) == {
        "date": [("on", "")],
        "what": [("label", "")],
        "how": [("kind", "its words translated")],
        "debit": [("amount", "the sign changed")],
        "credit": [("amount", "")],
        "memo": [],
        "other": [],
    }
    assert [c.name for c in found.columns if c.kept] == ["memo"]


def test_columns_of_json_are_paths() -> None:
    found = explain(File(FILES / "bills" / "free_fiber.json"), now=NOW)
    told = fields(found)
    assert (told["amount"], told["date"], told["currency"]) == (
        [("gross", "")], [("on", "")], [("net", "its currency"), ("gross", "its currency")],
    )  # fmt: skip


def test_a_format_whose_columns_cannot_be_followed_says_so_and_shows_its_fields() -> None:
    found = explain(File(FILES / "bank" / "checking.ofx"), now=NOW)
    assert (found.traced, found.columns) == (False, [])
    assert any(f.name == "amount" and f.example.endswith("USD") for s in found.series for f in s.fields)


def test_what_is_explained_is_json() -> None:
    found = explain(File(FILES / "water" / "historique_jours_litres.csv"), now=NOW).to_json()
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("text", "record", "columns"),
    [
        ("Jour;Consommation (m3);Note\n01/03/2025;0,412;a\n", "water.use", {"Consommation (m3)": "litres"}),
        ("Date,Libellé bizarre,Débit,Crédit,X\n01/03/25,a,,1.00,y\n", "bank.transaction", {"Crédit": "amount"}),
        ("timestamp\tlatitude\tlongitude\n2025-03-01T10:00:00Z\t45.1\t4.8\n", "mobility.position", {"latitude": "lat"}),
        ("Export\n\nHeure,Puissance (kW),Pièce\n01/03/2025 10:00,0.5,a\n", "electricity.use", {"Puissance (kW)": "energy"}),
    ],
)  # fmt: skip
def test_an_unknown_table_is_refused_with_a_mapping_that_reads_it(
    tmp_path: Path, text: str, record: str, columns: dict[str, str]
) -> None:
    found = explained(tmp_path, text)
    assert found.refused is not None
    mapping = found.suggestion.replace('"?"', '"account"')
    assert parse_mapping(mapping.encode(), "map.toml").record == record
    read = explained(tmp_path, text, mapping)
    assert (read.refused, read.good) == (None, 1)
    assert {c: [f for f, _ in fields(read)[c]] for c in columns} == {c: [f] for c, f in columns.items()}


@pytest.mark.parametrize("text", ["", "no table at all\n", "a;b\nx;y\n", '{"a": 1}', "<a/>"])
def test_what_is_no_table_with_a_time_gets_no_mapping(tmp_path: Path, text: str) -> None:
    found = explained(tmp_path, text)
    assert found.refused is not None
    assert found.suggestion == ""


def test_what_is_read_elsewhere_is_not_opened_here_to_follow_its_columns() -> None:
    path = FILES / "water" / "historique_jours_litres.csv"
    found = explain(File(path), now=NOW, reader=partial(read_here, Importers()))
    assert (found.good, found.traced, found.columns) == (30, False, [])


def test_the_column_of_the_account_is_told() -> None:
    found = explain(File(HOLDERS / "cozy_all_docs.json"), now=NOW)
    assert fields(found)["number"] == [("account", ""), ("account", "")]
