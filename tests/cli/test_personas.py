"""`selfdata personas`: invented households are listed, told with their truths, and put into homes of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.host.home import Home
from selfdata_sdk.model import Source, WaterUse
from selfdata_sdk.model.table import tables
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.personas import KINDS, PERSONAS, is_invented, persona

from .conftest import Selfdata

DAILY = "historique_jours_litres.csv"


def files(home: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in home.rglob("*") if f.is_file()}


# Told


def test_every_household_is_listed_in_both_languages(selfdata: Selfdata) -> None:
    english, french = (" ".join(selfdata("personas", "list", "--lang", lang).out.split()) for lang in ("en", "fr"))
    for name, home in PERSONAS.items():
        assert f"{home.title.en} {name} {home.story.en}" in english
        assert f"{home.title.fr} {name} " in french
    listed = json.loads(selfdata("personas", "list", "--json").out)
    assert [(p["name"], p["title"]) for p in listed] == [(n, h.title.model_dump()) for n, h in PERSONAS.items()]


def test_a_household_is_told_with_what_it_holds_and_what_really_happened(selfdata: Selfdata) -> None:
    done = selfdata("personas", "show", "slow_leak_couple")
    assert (done.code, done.err) == (0, "")
    household = persona("slow_leak_couple")
    assert household.story.en in done.out
    water = sum(len(t) for t in household.tables if t.record_type is WaterUse)
    assert f"  Water use ({water:,})\n" in done.out.replace("water.use           ", "")
    for truth in household.truths:
        assert any(line.split("  ")[1:] and line.startswith(f"  {truth} ") for line in done.out.splitlines())
    assert all(kind.example in done.out for kind in KINDS.values()), "what can be planted"
    french = selfdata("personas", "show", "slow_leak_couple", "--lang", "fr").out
    assert "Ce qui s'est vraiment passé\u00a0:\n" in french
    assert "De l'eau coule sans arrêt" in french


def test_each_type_is_counted_once(selfdata: Selfdata) -> None:
    out = selfdata("personas", "show", "family_garden").out
    assert out.count("supply.contract ") == 1
    assert "Supply contract (3)" in out


def test_what_is_planted_is_told_among_the_truths(selfdata: Selfdata) -> None:
    leak = "leak@2026-03-12:20L/h:5d"
    words = ("personas", "show", "single_flat", "--with", leak, "--with", "absence@2026-06-01:3d", "--json")
    found = json.loads(selfdata(*words).out)
    truth = next(t for t in found["truths"] if t["kind"] == "leak")
    assert truth == {
        "planted_as": leak,
        "kind": "leak",
        "start": "2026-03-12T00:00:00+01:00",
        "end": "2026-03-17T00:00:00+01:00",
        "amount": "20",
        "unit": "L/h",
        "meter": "water",
    }
    assert "absence@2026-06-01:3d" in [t["planted_as"] for t in found["truths"]]
    assert found["now"] == persona("single_flat").now.isoformat()
    assert leak not in selfdata("personas", "show", "single_flat").out
    counts = {r["type"]: r["count"] for r in found["records"]}
    assert counts["home.household/1"] == 1


def test_another_seed_is_another_household(selfdata: Selfdata) -> None:
    first, second, again = (
        selfdata("personas", "show", "student_share", "--json", "--seed", seed).out for seed in (1, 2, 1)
    )
    assert first == again != second


@pytest.mark.parametrize(
    ("words", "english", "french"),
    [
        (("slow_leak",), "There is no persona “slow_leak”.", "Il n'y a pas de persona «"),
        (("single_flat", "--with", "leek@2026-03-12"), "There is no kind of truth “leek”.", "leek"),
        (("single_flat", "--with", "leak@2026-03-12"), "It does not say how much, in L/h.", "La quantité n'y est pas"),
        (("single_flat", "--with", "leak@2019-03-12:1L/h"), "It lies outside the data.", "C'est en dehors des données"),
        (("single_flat", "--with", "gap@2026-03-12:3d:gas"), "This home has no gas meter.", "gas"),
        (("single_flat", "--seed", "-1"), "-1", "-1"),
    ],
)
@pytest.mark.parametrize("command", ["show", "load"])
def test_what_is_wrong_is_said_with_what_would_be_right(
    selfdata: Selfdata, home: Path, command: str, words: tuple[str, ...], english: str, french: str
) -> None:
    done = selfdata("personas", command, *words)
    assert (done.code, done.out) == (2, "")
    assert english in done.err
    assert "\n  -> " in done.err
    assert french in selfdata("personas", command, *words, "--lang", "fr").err
    assert not home.exists()


def test_the_nearest_name_is_suggested(selfdata: Selfdata) -> None:
    assert "Did you mean slow_leak_couple?" in selfdata("personas", "show", "slow_leak").err
    assert "Write it like leak@2026-03-12:20L/h." in selfdata("personas", "show", "single_flat", "--with", "leek@1").err
    assert all(name in selfdata("personas", "show", "?").err for name in PERSONAS)


def test_names_are_completed(selfdata: Selfdata, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMP_WORDS", "selfdata personas show s")
    monkeypatch.setenv("COMP_CWORD", "3")
    monkeypatch.setenv("_SELFDATA_COMPLETE", "bash_complete")
    found = [line.split(",")[1] for line in selfdata().out.splitlines()]
    assert found == [name for name in PERSONAS if name.startswith("s")]


# Loaded


def test_a_household_is_put_into_a_home_whose_clock_stands_at_its_end(selfdata: Selfdata, home: Path) -> None:
    done = selfdata("personas", "load", "single_flat")
    assert done.code == 0
    household = persona("single_flat")
    count = f"{sum(len(t) for t in household.tables):,}"
    assert done.out.startswith(f"An invented household is there: Alone in a flat, {count} records.\n")
    with Home(home).host() as host:
        assert host.stands == household.now
        assert is_invented(host.store)
        assert {h.series: h.count for h in host.store.summary()} == {t.series: len(t) for t in household.tables}


def test_the_journal_says_that_it_was_invented(selfdata: Selfdata) -> None:
    selfdata("personas", "load", "single_flat")
    assert "You loaded an invented household (single_flat)." in selfdata("journal").out
    assert "Vous avez chargé un foyer inventé (single_flat)." in selfdata("journal", "--lang", "fr").out
    assert "You imported data." not in selfdata("journal").out


@pytest.mark.parametrize("language", ["en", "fr"])
def test_loading_twice_changes_nothing(selfdata: Selfdata, home: Path, language: str) -> None:
    selfdata("personas", "load", "single_flat")
    journal = selfdata("journal", "--json").out
    before = files(home)
    done = selfdata("personas", "load", "single_flat", "--lang", language)
    assert done.code == 0
    assert {"en": "It is there already: ", "fr": "Il est déjà là\u00a0: "}[language] in done.out
    assert selfdata("journal", "--json").out == journal
    assert files(home)["cloud.sqlite"] == before["cloud.sqlite"]


def test_a_truth_that_is_planted_later_changes_the_records(selfdata: Selfdata, home: Path) -> None:
    selfdata("personas", "load", "single_flat")
    done = selfdata("personas", "load", "single_flat", "--with", "leak@2026-03-12:20L/h")
    assert done.code == 0
    assert "records changed." in done.out
    wanted = next(
        t for t in persona("single_flat", plant=["leak@2026-03-12:20L/h"]).tables if t.record_type is WaterUse
    )
    with Home(home).open() as store:
        (held,) = store.read(WaterUse).tables
    assert held.columns["litres"].values.tolist() == wanted.columns["litres"].values.tolist()  # type: ignore[union-attr]


@pytest.mark.parametrize("words", [("family_garden",), ("single_flat", "--seed", "1")])
def test_no_second_household_comes_into_a_home(selfdata: Selfdata, home: Path, words: tuple[str, ...]) -> None:
    selfdata("personas", "load", "single_flat")
    before = files(home)
    done = selfdata("personas", "load", *words)
    assert (done.code, done.out) == (2, "")
    assert "This home holds other data." in done.err
    assert files(home) == before


def test_a_home_with_real_data_is_refused_and_stays_as_it_was(selfdata: Selfdata, home: Path, water: Path) -> None:
    assert selfdata("import", water / DAILY).code == 0
    before = files(home)
    done = selfdata("personas", "load", "single_flat", "--lang", "fr")
    assert (done.code, done.out) == (2, "")
    assert "Ce dossier contient d'autres données." in done.err
    assert "--home" in done.err
    assert files(home) == before
    assert "clock stands" not in selfdata("show").err


def test_the_home_must_be_named(selfdata: Selfdata, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where nobody names one, the real data of whoever sits there would go."""
    monkeypatch.delenv("SELFDATA_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "usual"))
    done = selfdata("personas", "load", "single_flat")
    assert (done.code, "--home" in done.err) == (2, True)
    assert "nommez-en un avec --home" in selfdata("personas", "load", "single_flat", "--lang", "fr").err
    assert not (tmp_path / "usual").exists()
    assert selfdata("--home", tmp_path / "named", "personas", "load", "single_flat").code == 0


# Telling what is invented


def records(holder: str, importer: str, litres: int = 3) -> Iterable[WaterUse]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    source = Source(holder=holder, importer=importer, version="1", retrieved_at=at)
    yield WaterUse(start=at, end=at.replace(hour=1), litres=litres, cadence="PT1H", tz="UTC", source=source)


@pytest.fixture
def store() -> PersonalStore:
    found = PersonalStore(MemoryCloud())
    persona("shift_worker", days=30).write(found)
    return found


def test_a_store_of_personas_alone_is_invented_an_empty_one_is_not(store: PersonalStore) -> None:
    assert is_invented(store)
    assert not is_invented(PersonalStore(MemoryCloud()))


@pytest.mark.parametrize(("holder", "importer"), [("water-works", "eau"), ("persona", "eau"), ("self", "selfdata")])
def test_it_is_not_invented_once_anything_else_is_there(store: PersonalStore, holder: str, importer: str) -> None:
    """Also where a real file was imported as held by `persona`: whoever imports names the holder."""
    store.write(tables(records(holder, importer)))
    assert not is_invented(store)


def test_real_data_that_an_invented_record_replaced_count_too(store: PersonalStore) -> None:
    store.write(tables(records("persona", "eau", 3)))
    store.write(tables(records("persona", "persona", 4)))
    assert not is_invented(store)


def test_what_a_person_adds_is_real(selfdata: Selfdata, home: Path) -> None:
    selfdata("personas", "load", "second_home")
    assert selfdata("add", "home.household", "--set", "occupants=2").code == 0
    with Home(home).open() as store:
        assert not is_invented(store)
