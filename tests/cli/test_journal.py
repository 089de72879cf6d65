"""`selfdata journal`: what a person reads, checks and vouches for; and what becomes of it when data move or come back."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from selfdata_sdk.cli.commands import journal
from selfdata_sdk.cloud import Change, SqliteCloud
from selfdata_sdk.consent.chain import Fault
from selfdata_sdk.store.ledger import segment_name

Selfdata = Callable[..., Any]
DROPS = "org.example.drops"
DAILY = "historique_jours_litres.csv"
CLOCK = "2022-10-12T10:00+02:00"


@pytest.fixture(autouse=True)
def used(selfdata: Selfdata, service: Path, water: Path) -> None:
    """A home in October 2022 in which a service was agreed to and ran twice."""
    assert selfdata("--clock", CLOCK, "import", water / DAILY).code == 0
    assert selfdata("grant", service, "--accept", "water").code == 0
    for _ in range(2):
        assert selfdata("run", service).code == 0


def put(home: Path, name: str, data: bytes | None) -> None:
    with SqliteCloud(home / "cloud.sqlite") as cloud:
        held = cloud.get(name)
        cloud.commit([Change(name, data, held.version if held else None)])


def segment(home: Path) -> bytes:
    with SqliteCloud(home / "cloud.sqlite") as cloud:
        held = cloud.get(segment_name(0))
    assert held is not None
    return held.data


# Reading


def test_it_tells_the_reads_of_the_week_once_and_the_rest_in_the_order_in_which_it_was_done(selfdata: Selfdata) -> None:
    assert selfdata("journal").out.splitlines() == [
        "10 Oct 2022 to 16 Oct 2022",
        "  Drops (org.example.drops) read water use by day from 13 Oct 2021 to 11 Oct 2022, to give the",
        "  service you asked for. Nothing left your cloud. (2 times)",
        "  You imported data.",
        "  You agreed to what Drops (org.example.drops) asks for.",
    ]


def test_it_speaks_french(selfdata: Selfdata) -> None:
    told = selfdata("journal", "--lang", "fr").out
    assert told.startswith("Du 10 oct. 2022 au 16 oct. 2022\n  Gouttes (org.example.drops) a lu «\u00a0Consommation")
    assert "Vous avez importé des données." in told


def test_json_holds_every_entry_with_its_details(selfdata: Selfdata) -> None:
    entries = json.loads(selfdata("journal", "--json").out)
    assert [e["event"] for e in entries] == ["import", "grant", "run", "run_end", "run", "run_end"]
    assert [e["seq"] for e in entries] == list(range(6))
    run = entries[2]
    assert run["actor"]["id"] == DROPS
    assert run["needs"][0]["granularity"] == "day"
    assert run["details"]["fields"] == {"water": ["litres", "start"]}


@pytest.mark.parametrize("name", [DROPS, "drops"])
def test_one_service_alone_is_told_by_its_id_or_the_last_part_of_it(selfdata: Selfdata, name: str) -> None:
    entries = json.loads(selfdata("journal", "--service", name, "--json").out)
    assert {e["event"] for e in entries} == {"grant", "run", "run_end"}
    assert json.loads(selfdata("journal", "--service", "org.example.other", "--json").out) == []


def test_since_a_later_day_there_is_nothing(selfdata: Selfdata) -> None:
    assert json.loads(selfdata("journal", "--since", "2022-10-13", "--json").out) == []
    assert len(json.loads(selfdata("journal", "--since", "2022-10-12", "--json").out)) == 6


def test_a_home_without_data_is_not_made_by_looking(selfdata: Selfdata, tmp_path: Path) -> None:
    done = selfdata("--home", tmp_path / "nowhere", "journal")
    assert done.code == 2
    assert not (tmp_path / "nowhere").exists()


# Verifying


def test_a_sound_journal_is_exit_0_with_the_number_of_its_entries(selfdata: Selfdata) -> None:
    done = selfdata("journal", "verify")
    assert (done.code, done.out) == (
        0, "6 entries, none changed since they were written, none missing among them.\n"
    )  # fmt: skip
    assert json.loads(selfdata("journal", "verify", "--json").out) == {
        "sound": True,
        "entries": 6,
        "broken": None,
        "signed_by": [],
    }


def test_a_changed_entry_is_exit_1_and_named_with_what_is_wrong(selfdata: Selfdata, home: Path) -> None:
    put(home, segment_name(0), segment(home).replace(b'"granularity":"day"', b'"granularity":"raw"', 1))
    done = selfdata("journal", "verify")
    assert (done.code, done.out) == (1, "")
    assert "Entry 3 is not sound: it was changed." in done.err
    assert "2 entries before it are as they were written" in done.err
    broken = selfdata("journal", "verify", "--json")
    assert broken.code == 1
    assert json.loads(broken.out)["broken"] == {"entry": 2, "fault": "changed"}


def test_details_that_were_changed_are_named_in_french(selfdata: Selfdata, home: Path) -> None:
    put(home, segment_name(0), segment(home).replace(b'"fields":{"water"', b'"fields":{"waste"', 1))
    done = selfdata("journal", "verify", "--lang", "fr")
    assert done.code == 1
    assert "L'entrée 3 n'est pas intacte : ses détails ont été modifiés." in done.err


def test_every_fault_has_its_words() -> None:
    assert set(journal.FAULTS) == set(get_args(Fault))


# Checkpoints


def test_a_checkpoint_is_for_its_owner_and_holds_while_the_journal_goes_on(
    selfdata: Selfdata, service: Path, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoint.json"
    assert "Checkpoint of 7 entries" in selfdata("journal", "checkpoint", "--out", file).out
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    selfdata("run", service)
    assert selfdata("journal", "verify", "--checkpoint", file).code == 0


def test_a_journal_that_was_put_back_with_the_hosts_memory_is_found_out_by_a_checkpoint_only(
    selfdata: Selfdata, home: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(home, kept)
    printed = selfdata("journal", "checkpoint")
    file = tmp_path / "checkpoint.json"
    file.write_text(printed.out)
    shutil.rmtree(home)
    shutil.copytree(kept, home)
    assert selfdata("journal", "verify").code == 0, "nothing here can show it"
    done = selfdata("journal", "verify", "--checkpoint", file)
    assert done.code == 1
    assert "the journal was cut there" in done.err


def test_a_signed_checkpoint_tells_whose_key_it_was(selfdata: Selfdata, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.json"
    taken = selfdata("journal", "checkpoint", "--sign", "--out", file)
    key = json.loads(file.read_text())["signature"]["key"]
    assert f"Signed with the key {key}" in taken.err
    assert "signed by this host" in selfdata("journal", "verify", "--checkpoint", file).out
    elsewhere = ["--home", tmp_path / "other", "--clock", CLOCK]
    selfdata(*elsewhere, "add", "home.household", "--set", "occupants=2")
    other = selfdata(*elsewhere, "journal", "verify", "--checkpoint", file)
    assert f"another key than this host's: {key}" in other.out
    assert other.code == 1, "and of another journal"


def test_a_signed_checkpoint_that_was_changed_is_refused(selfdata: Selfdata, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.json"
    selfdata("journal", "checkpoint", "--sign", "--out", file)
    file.write_text(file.read_text().replace('"size": 7', '"size": 6'))
    done = selfdata("journal", "verify", "--checkpoint", file)
    assert done.code == 2
    assert "signature of this checkpoint does not hold" in done.err


def test_without_cryptography_signing_says_what_to_install_and_takes_no_checkpoint(
    selfdata: Selfdata, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "find_spec", lambda name: None)
    done = selfdata("journal", "checkpoint", "--sign")
    assert done.code == 3
    assert 'pip install "selfdata-sdk[signing]"' in done.err
    assert len(json.loads(selfdata("journal", "--json").out)) == 6
    assert selfdata("journal", "checkpoint").code == 0


def test_what_is_no_checkpoint_is_refused(selfdata: Selfdata, water: Path, tmp_path: Path) -> None:
    assert selfdata("journal", "verify", "--checkpoint", water / DAILY).code == 2
    assert selfdata("journal", "verify", "--checkpoint", tmp_path / "nothing").code == 2


# Erasing details


def test_erased_details_are_gone_and_the_journal_stays_sound(selfdata: Selfdata) -> None:
    done = selfdata("journal", "erase-details", "--service", "drops", "--yes")
    assert "Erased the details of 5 entries." in done.out
    entries = json.loads(selfdata("journal", "--json").out)
    assert [e["details"] is None for e in entries] == [False, True, True, True, True, True, False]
    assert entries[-1]["event"] == "erased"
    assert selfdata("journal", "verify").code == 0


def test_only_earlier_details_go(selfdata: Selfdata) -> None:
    assert "0 entries" in selfdata("journal", "erase-details", "--before", "2022-10-12", "--yes").out
    assert "6 entries" in selfdata("journal", "erase-details", "--before", "2022-10-13", "--yes").out


def test_without_a_yes_no_detail_goes(selfdata: Selfdata) -> None:
    assert selfdata("journal", "erase-details", input="n\n").code != 0
    assert all(e["details"] is not None for e in json.loads(selfdata("journal", "--json").out))


# Help


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("en", "Check that the journal is as it was written; name the first entry that is not.", "for good."),
        ("fr", "Vérifier que le journal est tel qu'il a été écrit ; nommer la première", "nombres de données)."),
    ],
)
def test_the_group_lists_its_commands_in_the_language_in_use(
    selfdata: Selfdata, language: str, first: str, last: str
) -> None:
    told = " ".join(selfdata("--lang", language, "journal", "--help").out.split())
    assert f" verify {first}" in told
    assert told.endswith(last)


# Moving, going back, erasing


def test_an_export_carries_the_journal_and_grants_that_wait_for_a_yes(
    selfdata: Selfdata, service: Path, tmp_path: Path
) -> None:
    folder, elsewhere = tmp_path / "out", ["--home", tmp_path / "other", "--clock", CLOCK]
    assert selfdata("export", folder).code == 0
    done = selfdata(*elsewhere, "import", folder)
    assert done.code == 0
    assert "1 agreement is suspended here until you confirm it: `selfdata grants` lists it." in done.out
    assert json.loads(selfdata(*elsewhere, "grants", "--json").out)[0]["state"] == "suspended"
    assert selfdata(*elsewhere, "run", service).code == 4
    events = [e["event"] for e in json.loads(selfdata(*elsewhere, "journal", "--json").out)]
    assert events[:9] == ["import", "grant", "run", "run_end", "run", "run_end", "export", "restore", "import"]
    assert selfdata(*elsewhere, "journal", "verify").code == 0
    assert selfdata(*elsewhere, "grant", service, "--accept", "water").code == 0
    assert selfdata(*elsewhere, "run", service).code == 0


def test_an_export_with_a_changed_journal_is_refused_before_anything_is_written(
    selfdata: Selfdata, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    selfdata("export", folder)
    file = folder / "consent" / "journal.00000000.json"
    file.write_bytes(file.read_bytes().replace(b'"allowed"', b'"partial"', 1))
    done = selfdata("--home", tmp_path / "other", "--clock", CLOCK, "import", folder)
    assert done.code == 2
    assert "journal.00000000.json" in done.err
    assert selfdata("--home", tmp_path / "other", "show", "--json").out in ("", "[]\n")


def test_a_file_put_back_after_a_withdrawal_brings_no_right_back(
    selfdata: Selfdata, service: Path, home: Path, tmp_path: Path
) -> None:
    aside = tmp_path / "aside.sqlite"
    with sqlite3.connect(home / "cloud.sqlite") as database:
        database.execute("VACUUM INTO ?", (str(aside),))
    assert selfdata("withdraw", "drops").code == 0
    assert selfdata("run", service).code == 4
    for file in home.glob("cloud.sqlite*"):
        file.unlink()
    shutil.copy(aside, home / "cloud.sqlite")
    refused = selfdata("run", service)
    assert refused.code == 4
    assert "suspended until you confirm it" in refused.err
    assert json.loads(selfdata("grants", "--json").out)[0]["state"] == "suspended"
    assert selfdata("grant", service, "--accept", "water").code == 0
    assert selfdata("run", service).code == 0
    assert "Your cloud" in selfdata("journal").out
    assert selfdata("journal", "verify").code == 0


def test_erasing_everything_erases_grants_and_journal_too(selfdata: Selfdata, home: Path, service: Path) -> None:
    assert selfdata("erase", "--all", "--yes").code == 0
    with SqliteCloud(home / "cloud.sqlite") as cloud:
        assert cloud.list() == []
    assert json.loads(selfdata("journal", "--json").out) == []
    assert selfdata("journal").out == "Nothing was agreed to or read yet.\n"
    assert selfdata("run", service).code == 4
