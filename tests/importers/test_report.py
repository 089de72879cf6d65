"""The report tells a person, in both languages, and a program, in JSON, what an import did."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from selfdata_sdk.importers import Importers, Options, Rejection, Remark, import_files
from selfdata_sdk.importers.report import FileReport
from selfdata_sdk.model import Text
from selfdata_sdk.store import PersonalStore

Write = Callable[[str | bytes], Path]
DAYS = "date;consommation(litre)\n01/03/2018;120\n02/03/2018;abc\n05/03/2018;90\n06/03/2018;80\n"


def test_the_sentences_say_counts_periods_gaps_rejections_and_guesses(
    store: PersonalStore, write: Write, now: datetime
) -> None:
    report = import_files(store, [write(DAYS)], now=now, importers=Importers())
    assert [t.en.replace("\xa0", " ") for t in report.sentences()] == [
        "file-1: Daily water use, eau-services or Grand Lyon until 2023. 3 new, 0 changed, 0 already there.",
        "Water use: 3 records from 1 Mar 2018 00:00 to 7 Mar 2018 00:00.",
        "Water use: nothing from 2 Mar 2018 00:00 to 5 Mar 2018 00:00.",
        "Not kept (line 3): Its value is not a number.",
        "The last day may still change: its use is provisional. (line 5)",
    ]
    french = [t.fr for t in report.sentences()]
    assert french[2] == "Consommation d'eau : rien du 2 mars 2018 00:00 au 5 mars 2018 00:00."
    assert french[3] == "Non retenu (ligne 3) : Sa valeur n'est pas un nombre."


def test_records_of_days_have_no_time_of_day(store: PersonalStore, write: Write, now: datetime) -> None:
    lines = "date;libellé;montant\n01/03/2018;A;1\n31/03/2018;B;2\n"
    several = import_files(store, [write(lines)], now=now, options=Options(about="A1"))
    assert (
        list(several.sentences())[1].en.replace("\xa0", " ")
        == "Bank transactions: 2 records from 1 Mar 2018 to 31 Mar 2018."
    )
    one = import_files(store, [write(lines[:37])], now=now, options=Options(about="A1"))
    assert list(one.sentences())[1].fr.replace("\xa0", " ") == "Opérations bancaires : 1 enregistrement, 1er mars 2018."
    (series,) = several.files[0].series
    assert series.to_json()["start"] == "2018-03-01"  # type: ignore[call-overload,index]


def test_the_report_is_json(store: PersonalStore, write: Write, now: datetime) -> None:
    report = import_files(store, [write(DAYS), write(b"%PDF-")], now=now, importers=Importers())
    told = json.loads(json.dumps(report.to_json(), allow_nan=False))
    first, second = told["files"]
    assert (told["created"], told["rejected"], first["gap_count"]) == (3, 1, 1)
    assert told["retrieved_at"] == "2026-01-15T12:00:00+00:00"
    assert first["series"][0]["gaps"] == [{"start": "2018-03-02T00:00:00+01:00", "end": "2018-03-05T00:00:00+01:00"}]
    assert first["series"][0]["gap_seconds"] == 3 * 86_400
    assert first["rejections"][0]["locator"] == "line 3"
    assert first["guesses"][0]["count"] == 1
    assert first["refused"] is None
    assert second["refused"]["what"] == {"en": "It is a PDF document.", "fr": "C'est un document PDF."}


def test_no_sentence_holds_a_value_of_the_file(store: PersonalStore, write: Write, now: datetime) -> None:
    report = import_files(store, [write(DAYS)], now=now, importers=Importers())
    assert not any(value in t.en + t.fr for t in report.sentences() for value in ("120", "abc", "90"))


def test_a_remark_that_holds_many_times_is_one_sentence() -> None:
    text = Text(en="Hm.", fr="Hum.")
    file = FileReport("f", "x", text, remarks=[Remark("guess", text, "line 3", 1234), Remark("gap", text, "$.a[3]")])
    said = list(file.sentences())[1:]
    assert said[0].en.replace("\xa0", " ") == "Hm. (1,234 times, first at line 3)"
    assert said[0].fr.replace("\u202f", " ").replace("\xa0", " ") == "Hum. (1 234 fois, d'abord : ligne 3)"
    assert said[1].fr == "Hum. ($.a[3])"


def test_a_place_with_braces_or_control_characters_is_shown_safely() -> None:
    text = Text(en="Hm.", fr="Hum.")
    file = FileReport("f", "x", text, rejections=[Rejection("{a}\n\x1b[2J {b}", text)], rejected=1)
    (_, said) = file.sentences()
    assert said.en == "Not kept ({a} [2J {b}): Hm."
