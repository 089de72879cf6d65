"""Each command: what it does, and what it says to wrong input."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Selfdata = Callable[..., Any]

DAILY = "historique_jours_litres.csv"


@pytest.fixture
def daily(selfdata: Selfdata, water: Path) -> Path:
    """A file that is imported already."""
    assert selfdata("import", water / DAILY).code == 0
    return water / DAILY


# import


def test_import_says_what_came_in_and_the_second_time_that_it_was_there(selfdata: Selfdata, water: Path) -> None:
    first = selfdata("import", water / DAILY)
    again = selfdata("import", water / DAILY)
    assert (first.code, again.code) == (0, 0)
    assert "30 new, 0 changed, 0 already there" in first.out
    assert "0 new, 0 changed, 30 already there" in again.out


def test_import_reports_as_json(selfdata: Selfdata, water: Path) -> None:
    report = json.loads(selfdata("import", "--json", water / DAILY).out)
    assert report["created"] == 30
    assert report["files"][0]["name"] == DAILY


def test_a_refused_file_is_exit_2_and_the_others_come_in(selfdata: Selfdata, water: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.csv"
    page.write_text("<!DOCTYPE html><html><body>Maintenance</body></html>")
    done = selfdata("import", page, water / DAILY)
    assert done.code == 2
    assert "page.csv" in done.err
    assert "30 new" in done.out


def test_a_missing_file_is_refused_and_the_others_come_in(selfdata: Selfdata, water: Path) -> None:
    done = selfdata("import", "nothing here.csv", water / DAILY)
    assert done.code == 2
    assert "nothing here.csv" in done.err
    assert "30 new" in done.out


def test_patterns_that_the_shell_left_alone_are_filled_in(selfdata: Selfdata, water: Path) -> None:
    assert "30 new" in selfdata("import", water / "historique_j*.csv").out


def test_import_without_a_file_is_wrong_use(selfdata: Selfdata) -> None:
    assert selfdata("import").code == 2


def test_a_folder_that_is_no_export_is_refused_with_a_way_out(selfdata: Selfdata, tmp_path: Path) -> None:
    done = selfdata("import", tmp_path)
    assert done.code == 2
    assert "*.csv" in done.err


def test_a_format_that_does_not_exist_suggests(selfdata: Selfdata, water: Path) -> None:
    done = selfdata("import", "--format", "veolia", water / DAILY)
    assert done.code == 2
    assert "veolia" in done.err


def test_undo_restores_what_was_there_before(selfdata: Selfdata, water: Path, daily: Path) -> None:
    before = selfdata("show", "--json").out
    selfdata("import", water / "historique_mois_litres.csv")
    assert selfdata("show", "--json").out != before
    done = selfdata("import", "--undo")
    assert done.code == 0
    assert selfdata("show", "--json").out == before


def test_undo_with_nothing_to_undo_is_refused(selfdata: Selfdata) -> None:
    done = selfdata("import", "--undo")
    assert done.code == 2
    assert "no import" in done.err


def test_undo_takes_no_files(selfdata: Selfdata, daily: Path) -> None:
    assert selfdata("import", "--undo", daily).code == 2


# show


def test_show_of_an_empty_home_says_what_to_do_and_makes_nothing(selfdata: Selfdata, home: Path) -> None:
    done = selfdata("show")
    assert done.code == 0
    assert "selfdata import" in done.out
    assert json.loads(selfdata("show", "--json").out) == []
    assert not home.exists()


def test_show_lists_counts_periods_gaps_and_sources(selfdata: Selfdata, daily: Path) -> None:
    said = selfdata("show").out
    assert "Water use" in said
    assert "15 records, 25 Sept 2022 to 9 Oct 2022, every day" in said
    assert "no gaps" in said
    assert "Veolia" in said
    (use,) = [s for s in json.loads(selfdata("show", "--json").out) if s["type"] == "water.use/1"]
    assert (use["count"], use["files"], use["gap_count"], use["cadence"]) == (15, 1, 0, "P1D")


def test_show_counts_gaps(selfdata: Selfdata, tmp_path: Path, water: Path) -> None:
    lines = (water / DAILY).read_text(encoding="utf-8-sig").splitlines()
    cut = tmp_path / "cut.csv"
    cut.write_text("\n".join([*lines[:4], *lines[8:]]), encoding="utf-8-sig")
    selfdata("import", cut)
    assert "1 gap, 4 d in all" in selfdata("show", "water.use").out


def test_show_of_a_type_draws_its_chart(selfdata: Selfdata, daily: Path) -> None:
    said = selfdata("show", "water.use").out
    assert "Water used. Sum of each day." in said
    assert "█" in said
    assert "Water meter reading" not in said


def test_show_of_a_type_that_does_not_exist_suggests(selfdata: Selfdata) -> None:
    done = selfdata("show", "water.usee")
    assert done.code == 2
    assert "water.use" in done.err


def test_show_of_a_type_without_data_says_so(selfdata: Selfdata, daily: Path) -> None:
    assert "no gas.use data" in selfdata("show", "gas.use").out


def test_show_fits_forty_columns(selfdata: Selfdata, daily: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert max(map(len, selfdata("show", "water.use").out.splitlines())) <= 40


def test_a_name_in_a_file_is_shown_as_it_is_never_as_markup(selfdata: Selfdata, water: Path) -> None:
    selfdata("import", "--holder", "[red]Mairie[/red]", water / DAILY)
    assert "[red]Mairie[/red]" in selfdata("show").out


# add


def test_add_asks_checks_each_answer_and_stores(selfdata: Selfdata) -> None:
    answers = ["castle", "flat", "-5", "62,5", "two", "2", "electricity", "", "1974", "", "", "69123"]
    done = selfdata("add", "home.household", input="\n".join(answers) + "\n")
    assert done.code == 0
    assert "not one of the choices" in done.err
    assert "Give a number with at most 1 decimal from 0 to 100,000." in done.err
    assert "Give a whole number from 0 to 1,000." in done.err
    for part in (
        "Dwelling: flat",
        "Living area: 62.5\u00a0m²",
        "Occupants: 2",
        "Year built: 1974",
        "INSEE code): 69123",
    ):
        assert part in done.out
    assert "Garden" not in done.out.rpartition("Stored")[2]


def test_add_takes_answers_as_options_and_keeps_the_others(selfdata: Selfdata) -> None:
    selfdata("add", "home.household", "--set", "occupants=2", "--set", "dwelling=maison", "--on", "2025-01-01")
    done = selfdata("add", "home.household", "--json", "--set", "occupants=3", "--on", "2025-06-01")
    record = json.loads(done.out)
    assert (record["occupants"], record["dwelling"], record["on"]) == (3, "house", "2025-06-01")
    emptied = selfdata("add", "home.household", "--json", "--set", "dwelling=-", "--on", "2025-07-01")
    assert json.loads(emptied.out)["dwelling"] is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("occupants=many", "occupants"),
        ("occupants=-1", "whole number from 0"),
        ("dwelling=castle", "flat, house"),
        ("ocupants=3", "Did you mean occupants"),
        ("occupants", "name=value"),
        ("commune=Lyon", "commune"),
    ],
)
def test_add_refuses_a_wrong_answer_and_stores_nothing(selfdata: Selfdata, given: str, said: str) -> None:
    done = selfdata("add", "home.household", "--set", given)
    assert done.code == 2
    assert said in done.err
    assert json.loads(selfdata("show", "--json").out) == []


def test_add_of_what_a_file_holds_is_refused(selfdata: Selfdata) -> None:
    assert selfdata("add", "water.use").code == 2


# export, backup


def test_an_export_comes_back_without_loss(selfdata: Selfdata, daily: Path, tmp_path: Path) -> None:
    done = selfdata("export", tmp_path / "out", "--json")
    assert json.loads(done.out)["records"] == {"water.reading/1": 15, "water.use/1": 15}
    other = ["--home", tmp_path / "other"]
    assert "30 new" in selfdata(*other, "import", tmp_path / "out").out
    assert selfdata(*other, "show", "--json").out == selfdata("show", "--json").out


def test_an_export_never_overwrites(selfdata: Selfdata, daily: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    assert selfdata("export", tmp_path / "out").code == 2
    assert (tmp_path / "out" / "mine.txt").read_text() == "keep"


def test_a_backup_is_a_home_when_it_is_put_in_one(selfdata: Selfdata, daily: Path, tmp_path: Path) -> None:
    assert selfdata("backup", tmp_path / "copy.sqlite").code == 0
    (tmp_path / "new").mkdir()
    shutil.copy(tmp_path / "copy.sqlite", tmp_path / "new" / "cloud.sqlite")
    assert selfdata("--home", tmp_path / "new", "show", "--json").out == selfdata("show", "--json").out


@pytest.mark.parametrize("words", [["export", "x"], ["backup", "x"], ["erase", "--all"], ["run", "x"]])
def test_commands_on_data_refuse_an_empty_home_and_make_none(selfdata: Selfdata, home: Path, words: list[str]) -> None:
    done = selfdata(*words)
    assert done.code == 2
    assert not home.exists()


def test_a_backup_into_a_folder_that_does_not_exist_is_refused(selfdata: Selfdata, daily: Path, tmp_path: Path) -> None:
    assert selfdata("backup", tmp_path / "nowhere" / "copy").code == 2


# erase


def test_erase_says_what_will_go_and_asks(selfdata: Selfdata, daily: Path) -> None:
    kept = selfdata("erase", "water.use", input="n\n")
    assert kept.code == 130
    assert "15  Water use" in kept.err
    assert len(json.loads(selfdata("show", "--json").out)) == 2
    assert selfdata("erase", "water.use", input="y\n").code == 0
    assert [s["type"] for s in json.loads(selfdata("show", "--json").out)] == ["water.reading/1"]


def test_erase_of_some_days_leaves_the_others(selfdata: Selfdata, daily: Path) -> None:
    done = selfdata("erase", "water.use", "--from", "2022-09-27", "--to", "2022-09-28", "--yes", "--json")
    assert json.loads(done.out) == {"erased": 2}
    (use,) = json.loads(selfdata("show", "water.use", "--json").out)
    assert use["count"] == 13


def test_erase_of_one_series_by_its_number(selfdata: Selfdata, daily: Path) -> None:
    assert selfdata("erase", "--series", "1", "--yes").code == 0
    assert [s["type"] for s in json.loads(selfdata("show", "--json").out)] == ["water.use/1"]
    assert selfdata("erase", "--series", "9", "--yes").code == 2


def test_erase_of_a_holder(selfdata: Selfdata, daily: Path) -> None:
    assert "Nothing here fits" in selfdata("erase", "--holder", "Nobody", "--yes").out
    assert (
        selfdata("erase", "--holder", "Veolia Eau d'Île-de-France", "--yes", "--json").out.strip()
        == '{\n  "erased": 30\n}'
    )


def test_erase_all_leaves_nothing(selfdata: Selfdata, daily: Path) -> None:
    assert selfdata("erase", "--all", "--yes").code == 0
    assert json.loads(selfdata("show", "--json").out) == []


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--all", "water.use"],
        ["--from", "yesterday"],
        ["--from", "2022-10-02", "--to", "2022-10-01"],
        ["water.usse"],
    ],
)
def test_erase_refuses_what_is_not_clear(selfdata: Selfdata, daily: Path, words: list[str]) -> None:
    assert selfdata("erase", *words, "--yes").code == 2
    assert len(json.loads(selfdata("show", "--json").out)) == 2


# schema, manifest, doctor


def test_schema_lists_types_or_prints_one(selfdata: Selfdata) -> None:
    assert "Consommation d'eau" in selfdata("schema", "--lang", "fr").out
    assert json.loads(selfdata("schema", "water.use").out)["$schema"].startswith("https://json-schema.org/")
    assert {t["type"] for t in json.loads(selfdata("schema", "--json").out)} >= {"water.use/1", "gas.use/1"}
    assert selfdata("schema", "nothing").code == 2


def test_manifest_is_printed_written_and_checked(selfdata: Selfdata, service: Path) -> None:
    (service / "drops" / "manifest.json").unlink()
    assert json.loads(selfdata("manifest", service).out)["id"] == "org.example.drops"
    stale = selfdata("manifest", service, "--check")
    assert stale.code == 1
    assert "--write" in stale.err
    assert selfdata("manifest", service, "--write").code == 0
    assert selfdata("manifest", service, "--check").code == 0
    code = service / "drops" / "__init__.py"
    code.write_text(code.read_text(encoding="utf-8").replace('back="P1Y"', 'back="P2Y"'), encoding="utf-8")
    sys.modules.pop("drops")
    assert selfdata("manifest", service, "--check").code == 1


def test_a_manifest_that_is_stale_or_missing_stops_a_run_and_says_who_writes_it(
    selfdata: Selfdata, service: Path, water: Path
) -> None:
    selfdata("--clock", "2022-10-12T08:00+02:00", "import", water / "historique_jours_litres.csv")
    assert selfdata("grant", service, "--accept", "water").code == 0
    code = service / "drops" / "__init__.py"
    code.write_text(
        code.read_text(encoding="utf-8").replace("litres: float", "min_flow: float | None"), encoding="utf-8"
    )
    stale = selfdata("run", service)
    assert stale.code == 1
    assert "asks for other things than its manifest" in stale.err
    assert "selfdata manifest --write" in stale.err
    (service / "drops" / "manifest.json").unlink()
    missing = selfdata("run", service)
    assert missing.code == 2
    assert "selfdata manifest --write" in missing.err


def test_a_function_by_name_is_imported_with_trust_only(selfdata: Selfdata) -> None:
    refused = selfdata("grant", "json:dumps", "--accept", "water")
    assert refused.code == 2
    assert "--trust" in refused.err


def test_manifest_of_a_folder_without_a_project_says_what_is_missing(selfdata: Selfdata, tmp_path: Path) -> None:
    done = selfdata("manifest", tmp_path)
    assert done.code == 1
    assert "pyproject.toml" in done.err


def test_manifest_is_written_or_checked_not_both(selfdata: Selfdata, service: Path) -> None:
    assert selfdata("manifest", service, "--write", "--check").code == 2


def test_doctor_finds_a_sound_installation(selfdata: Selfdata, daily: Path) -> None:
    done = selfdata("doctor", "--json")
    assert done.code == 0
    found = {f["name"]: f for f in json.loads(done.out)}
    assert found["store"]["said"] == "30 records"
    assert all(f["good"] is not False for f in found.values())


def test_doctor_finds_a_damaged_store(selfdata: Selfdata, home: Path) -> None:
    home.mkdir()
    (home / "cloud.sqlite").write_bytes(b"not a database at all" * 100)
    done = selfdata("doctor")
    assert done.code == 1
    assert "WRONG" in done.out


# run


@pytest.fixture
def agreed(selfdata: Selfdata, water: Path, service: Path) -> Path:
    """A service that was agreed to, in a home whose clock stands when the file ends."""
    assert selfdata("--clock", "2022-10-12T08:00+02:00", "import", water / DAILY).code == 0
    assert selfdata("grant", service, "--accept", "water").code == 0
    return service


def test_run_shows_advice_in_the_terminal(selfdata: Selfdata, agreed: Path) -> None:
    done = selfdata("run", agreed)
    assert done.code == 0, done.err
    assert "Your water" in done.out
    assert "The goal is 120 [bold]litres[/bold]." in done.out
    assert "org.example.drops" in done.out
    assert "It read: Water use by day" in done.out


def test_run_without_an_agreement_is_exit_4_and_says_which_command_asks(
    selfdata: Selfdata, daily: Path, service: Path
) -> None:
    done = selfdata("run", service)
    assert (done.code, done.out) == (4, "")
    assert "You have not agreed to this service yet." in done.err
    assert f"selfdata grant '{service}'" in done.err


def test_run_after_taking_back_is_exit_4(selfdata: Selfdata, agreed: Path) -> None:
    selfdata("withdraw", "org.example.drops")
    done = selfdata("run", agreed, "--lang", "fr")
    assert done.code == 4
    assert "Vous avez retiré" in done.err


def test_run_says_what_changed_and_is_given_again_later(
    selfdata: Selfdata, agreed: Path, water: Path, tmp_path: Path
) -> None:
    assert "given again" not in selfdata("run", agreed).out
    lines = (water / DAILY).read_text(encoding="utf-8-sig").splitlines()
    corrected = tmp_path / "corrected.csv"
    changed = lines[-2].split(";")
    changed[2] = str(int(changed[2]) + 7)
    corrected.write_text("\n".join([lines[0], ";".join(changed)]), encoding="utf-8-sig")
    assert "1 changed" in selfdata("import", corrected).out
    assert "What changed since it was given is given again tomorrow: 1 day." in selfdata("run", agreed).out
    assert "sera donné à nouveau demain\xa0: 1 jour." in selfdata("run", agreed, "--lang", "fr").out


def test_run_takes_settings_and_refuses_wrong_ones(selfdata: Selfdata, agreed: Path) -> None:
    assert "L'objectif est de 90 litres" in selfdata("run", agreed, "--set", "goal=90", "--lang", "fr").out
    for wrong in ("goal=none", "goal=0", "gaol=9", "goal"):
        done = selfdata("run", agreed, "--set", wrong)
        assert done.code == 2, wrong


def test_run_prints_the_contracts_json(selfdata: Selfdata, agreed: Path) -> None:
    words = ["run", agreed, "--json"]
    first = selfdata(*words).out
    assert json.loads(first)[0]["kind"] == "card"
    assert selfdata(*words).out == first


def test_run_writes_one_page(selfdata: Selfdata, agreed: Path, tmp_path: Path) -> None:
    page = tmp_path / "my page.html"
    done = selfdata("run", agreed, "--lang", "fr", "--html", page)
    assert done.code == 0
    assert page.as_uri() in done.out
    assert '<html lang="fr">' in page.read_text(encoding="utf-8")
    if os.name == "posix":
        assert page.stat().st_mode & 0o077 == 0
    assert selfdata("run", agreed, "--html", tmp_path / "no" / "page.html").code == 2


def test_run_as_of_an_earlier_moment_sees_what_was_there_then(selfdata: Selfdata, agreed: Path) -> None:
    assert "to 26 Sept 2022 (1 record)" in selfdata("run", agreed, "--now", "2022-09-26T08:00+02:00").out


def test_run_as_of_a_moment_before_all_that_may_be_read_is_refused(selfdata: Selfdata, agreed: Path) -> None:
    done = selfdata("run", agreed, "--now", "2020-01-01T00:00Z")
    assert done.code == 4
    assert "too far back" in done.err


def test_run_as_of_a_later_moment_sees_no_more_than_now(selfdata: Selfdata, agreed: Path) -> None:
    assert selfdata("run", agreed, "--now", "2035-01-01T00:00Z").out == selfdata("run", agreed).out


def test_run_without_data_in_reach_says_what_would_help(selfdata: Selfdata, service: Path, water: Path) -> None:
    selfdata("--clock", "2035-01-01T00:00Z", "import", water / DAILY)
    selfdata("grant", service, "--accept", "water")
    assert "Import a file." in selfdata("run", service).out


def test_run_of_a_service_that_does_not_exist_is_refused(selfdata: Selfdata, daily: Path) -> None:
    done = selfdata("run", "org.example.nothing")
    assert done.code == 2
    assert "no service" in done.err


def test_run_without_a_service_lists_the_installed_ones(selfdata: Selfdata) -> None:
    assert selfdata("run").code == 0
    assert isinstance(json.loads(selfdata("run", "--json").out), list)


# a home to practise in


def test_a_home_to_practise_in_says_so_once_and_its_clock_stands(selfdata: Selfdata, agreed: Path) -> None:
    done = selfdata("run", agreed)
    assert done.err.count("A home to practise in") == 1
    assert "12 Oct 2022" in done.err
    assert "to practise" not in done.out
    assert "s'exercer" in selfdata("grants", "--lang", "fr").err


def test_what_is_told_in_a_home_to_practise_in_holds_from_its_day_on(selfdata: Selfdata, agreed: Path) -> None:
    told = selfdata("add", "home.household", "--set", "occupants=2", "--json")
    assert json.loads(told.out)["on"] == "2022-10-12"


def test_a_real_home_does_not_become_one_to_practise_in(selfdata: Selfdata, daily: Path) -> None:
    done = selfdata("--clock", "2022-10-12T08:00+02:00", "grants")
    assert done.code == 2
    assert "cannot be set" in done.err
    assert "practise" not in selfdata("grants").err


def test_a_clock_that_is_no_moment_is_wrong_use(selfdata: Selfdata, home: Path) -> None:
    assert selfdata("--clock", "yesterday", "grants").code == 2
    assert not home.exists()


# the journal of what a person does


def entries(selfdata: Selfdata) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(selfdata("journal", "--json").out)
    return found


def test_an_import_is_written_down_without_names_of_files_or_holders(selfdata: Selfdata, daily: Path) -> None:
    (entry,) = entries(selfdata)
    assert entry["event"] == "import"
    assert entry["details"] == {
        "formats": ["veolia-idf-daily-csv"], "types": ["water.reading/1", "water.use/1"], "created": 30, "updated": 0,
    }  # fmt: skip


def test_a_refused_import_is_not_written_down(selfdata: Selfdata, daily: Path) -> None:
    assert selfdata("import", "nothing here.csv").code == 2
    assert len(entries(selfdata)) == 1


def test_every_way_to_change_or_copy_data_is_written_down(selfdata: Selfdata, daily: Path, tmp_path: Path) -> None:
    selfdata("add", "home.household", "--set", "occupants=2")
    selfdata("export", tmp_path / "out")
    selfdata("backup", tmp_path / "copy.sqlite")
    selfdata("erase", "water.use", "--from", "2022-09-27", "--yes")
    selfdata("import", "--undo")
    events = [(e["event"], e["details"]) for e in entries(selfdata)[1:]]
    assert [name for name, _ in events] == ["add", "export", "export", "erase", "undo"]
    assert events[0][1] == {"type": "home.household/1", "change": "created"}
    assert events[3][1] == {"types": ["water.use/1"], "records": 13, "from": "2022-09-27"}
    said = json.dumps(events)
    assert all(secret not in said for secret in ("occupants", str(tmp_path), "Veolia"))


def test_an_export_that_fails_was_written_down_before(selfdata: Selfdata, daily: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("keep")
    assert selfdata("export", tmp_path / "taken").code == 2
    assert entries(selfdata)[-1]["event"] == "export"


def test_erasing_all_takes_the_journal_and_the_agreements_along(selfdata: Selfdata, agreed: Path) -> None:
    selfdata("erase", "--all", "--yes")
    assert entries(selfdata) == []
    assert "You have agreed to nothing." in selfdata("grants").out
    assert selfdata("run", agreed).code == 4
