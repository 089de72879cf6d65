"""Runs as a host does them: written down in the person's cloud, once in effect for an occasion, and reported."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk import Block, Context, Dataset
from selfdata_sdk.cloud import Change, SqliteCloud
from selfdata_sdk.errors import AskPerson, ConsentDenied, ConsentNeeded, OutputError, RequestError, ServiceFailed
from selfdata_sdk.host import host as host_module
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.host.run_record import REMEMBERED, RunRecord
from selfdata_sdk.host.runner import Run
from selfdata_sdk.store import ledger as ledger_module
from selfdata_sdk.store.export import export, restore
from selfdata_sdk.store.ledger import run_name, use_name
from selfdata_sdk.store.seal import Seal, unwrapped

from .person import (
    CODE,
    ID,
    LITRES,
    MANIFEST,
    NOW,
    WALLS,
    Hour,
    Person,
    Pinned,
    alert,
    at_home,
    card,
    giving,
    leak,
    manifest,
)

SECRETS = (str(LITRES), "Rue Oberkampf")
"""What nobody but the person may ever read."""


@pytest.fixture
def person() -> Iterator[Person]:
    person = at_home()
    yield person
    person.close()


def total(_: Context, water: Dataset[Hour]) -> Iterable[Block]:
    yield card(float(water.column("litres").sum()))
    yield alert()
    yield leak()


def raising(error: BaseException) -> Callable[..., Iterable[object]]:
    def gives(context: Context, water: Dataset[Hour]) -> Iterable[object]:
        yield leak()
        raise error

    return gives


class Used7919Litres(ValueError):
    """A name that a service gave, with a value of the person in it."""


class Stopped7919(KeyboardInterrupt):
    pass


# What is written down


def test_a_run_is_kept_with_all_that_it_was(person: Person) -> None:
    done = person.run(total, "monday", language="fr", settings={"goal": "100"}, now=NOW - timedelta(hours=5))
    (record,) = person.host.runs(ID)
    assert (record.number, record.service, record.version, record.code) == (0, ID, MANIFEST.version, CODE)
    assert (record.walls, record.occasion, record.error) == (WALLS, "monday", None)
    assert (record.language, record.settings) == ("fr", {"goal": "100", "street": ""})
    assert (record.as_of, record.blocks, record.told, record.saved) == (done.now, done.blocks, ("leak",), 1)
    assert (done.told, done.saved, done.repeated) == (("leak",), 1, False)
    assert record.seconds == round(done.usage.seconds, 6)
    assert record.cpu_seconds == round(done.usage.cpu_seconds, 6)
    assert record.started_at == NOW - timedelta(seconds=done.usage.seconds)
    assert [b.kind for b in record.blocks] == ["card", "alert", "save"]


def test_each_run_names_the_entry_of_the_journal_that_says_what_it_read(person: Person) -> None:
    person.run(total, now=NOW)
    person.host.note("add", {})
    person.run(total, now=NOW - timedelta(days=3))
    entries = list(person.ledger.entries())
    named = [entries[record.entry or 0] for record in reversed(person.host.runs(ID))]
    assert [(e.header.seq, e.header.event) for e in named] == [(1, "run"), (5, "run")]
    assert [e.header.needs[0].end for e in named] == [NOW, NOW - timedelta(days=3)]


def test_a_run_that_carries_an_agreement_over_names_its_own_entry(person: Person) -> None:
    """Before it stands the one of the update."""
    person.run(total, manifest=manifest(version="9.0.0"))
    entries = list(person.ledger.entries())
    (record,) = person.host.runs(ID)
    assert [e.header.event for e in entries] == ["grant", "update", "run", "save", "run_end"]
    assert (record.entry, record.version) == (2, "9.0.0")


def test_a_run_is_a_sealed_document_of_the_persons_cloud(person: Person) -> None:
    person.run(total)
    (name,) = person.cloud.list("run.")
    body = unwrapped(person.data(name))
    assert name == f"run.{ID}.000"
    assert body is not None
    assert person.host.runs(ID) == [RunRecord.read(body)]


@pytest.mark.parametrize(
    ("gives", "kind", "named"),
    [
        (raising(ValueError("he used 7919 litres")), ServiceFailed, "ServiceFailed"),
        (raising(Used7919Litres()), ServiceFailed, "ServiceFailed"),
        (raising(Stopped7919()), Stopped7919, "KeyboardInterrupt"),
        ([leak(), card(), card()], OutputError, "OutputError"),
        ([leak(), "7919 litres"], OutputError, "OutputError"),
    ],
)
def test_a_run_that_fails_is_kept_with_its_error_and_nothing_else(
    person: Person, gives: Any, kind: type[BaseException], named: str
) -> None:
    with pytest.raises(kind):
        person.run(gives, "monday", settings={"street": "Rue Oberkampf"})
    (record,) = person.host.runs(ID)
    assert (record.error, record.blocks, record.told, record.saved) == (named, (), (), 0)
    assert (record.occasion, record.code, record.walls) == ("monday", CODE, WALLS)
    assert person.outcomes("run_end") == ["partial"]
    assert person.leaks() == 0


def test_a_failure_has_no_say_in_what_is_done_for_the_occasion(person: Person) -> None:
    with pytest.raises(ServiceFailed):
        person.run(raising(ValueError()), "monday")
    assert not person.run(total, "monday").repeated
    assert [(r.number, r.error) for r in person.host.runs(ID)] == [(1, None), (0, "ServiceFailed")]


def never(person: Person) -> Person:
    return Person()


def refused(person: Person) -> Person:
    person.host.withdraw(ID)
    return person


@pytest.mark.parametrize("gone", [never, refused])
def test_of_a_run_that_was_not_agreed_to_only_the_refusal_is_written(
    person: Person, gone: Callable[[Person], Person]
) -> None:
    """And not even that where nobody ever agreed to anything."""
    someone = gone(person)
    with pytest.raises(AskPerson):
        someone.run(total, "monday")
    assert someone.host.runs(ID) == []
    assert someone.cloud.list("run.") == []
    assert someone.outcomes() == (["denied"] if gone is refused else [])
    assert [(r.outcome, r.error) for r in someone.reports] == [("denied", "ConsentNeeded")]


def test_what_is_taken_back_meanwhile_leaves_no_run(person: Person) -> None:
    def withdrawing(context: Context, water: Dataset[Hour]) -> Iterable[object]:
        yield leak()
        person.host.withdraw(ID)

    with pytest.raises(ConsentDenied):
        person.run(withdrawing, "monday")
    assert person.host.runs(ID) == []
    assert person.leaks() == 0
    assert person.outcomes() == ["allowed", "denied"]


def test_a_setting_that_is_wrong_is_said_before_anything_is_read(person: Person) -> None:
    for occasion in (None, "monday"):
        with pytest.raises(RequestError, match="at most 500"):
            person.run(total, occasion, settings={"goal": 501})
    assert person.outcomes() == []


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three runs of each service are kept."""
    monkeypatch.setattr(ledger_module, "RUNS", 3)
    monkeypatch.setattr(host_module, "RUNS", 3)


def test_the_last_runs_are_kept(person: Person, three: None) -> None:
    for number in range(8):
        person.run([card(number)])
    assert [r.number for r in person.host.runs(ID)] == [7, 6, 5]
    assert [r.number for r in person.host.runs(ID, 2)] == [7, 6]
    assert person.host.runs(ID, 0) == []
    assert person.cloud.list("run.") == [f"run.{ID}.{n:03d}" for n in range(3)]


def test_what_was_done_is_known_longer_than_it_is_kept(person: Person, three: None) -> None:
    """And another run that has taken its place is not taken for it."""
    first = person.run([card(1)], "monday")
    assert person.run([card(2)], "monday").blocks == first.blocks
    for _ in range(3):
        person.run([card(3)])
    again = person.run([card(4)], "monday")
    assert (again.repeated, again.blocks) == (True, ())
    assert len(person.outcomes()) == 4


# Once in effect


def test_for_one_occasion_a_service_runs_once_in_effect(person: Person) -> None:
    first = person.run(total, "monday")
    person.later(hours=2)
    size = len(list(person.ledger.entries()))
    again = person.run([card(5)], "monday", language="fr")
    assert (again.repeated, again.told, again.delivered) == (True, (), ())
    assert (again.blocks, again.saved, again.now, again.language) == (first.blocks, 1, first.now, "en")
    assert len(list(person.ledger.entries())) == size, "nothing was read"
    assert len(person.host.runs(ID)) == 1


@pytest.mark.parametrize(
    "other", [{"occasion": "tuesday"}, {"occasion": None}, {"code": "f" * 64}, {"settings": {"goal": 1}}]
)
def test_another_occasion_code_or_setting_is_another_run(person: Person, other: dict[str, Any]) -> None:
    person.run(total, "monday")
    assert not person.run(total, **{"occasion": "monday", **other}).repeated
    assert len(person.host.runs(ID)) == 2


def test_a_setting_counts_by_its_value_and_not_by_how_it_is_written(person: Person) -> None:
    person.run(total, "monday")
    assert person.run(total, "monday", settings={"goal": "120"}).repeated
    assert person.run(total, "monday", settings={"goal": 120, "street": ""}).repeated


OCCASIONS = st.sampled_from([None, "monday", "tuesday"])
RUNS = st.lists(st.tuples(OCCASIONS, st.sampled_from([CODE, "f" * 64]), st.integers(0, 1), st.booleans()), max_size=12)


@given(RUNS)
@settings(max_examples=60, deadline=None)
def test_in_any_order_each_occasion_has_its_effect_once(runs: list[tuple[str | None, str, int, bool]]) -> None:
    """Occasions, codes, settings and failures in any order, against what a person is told of runs."""
    person = at_home()
    effects: dict[tuple[str, str, int], int] = {}
    numbers: list[tuple[int, str | None]] = []
    for value, (occasion, code, goal, fails) in enumerate(runs):
        key = None if occasion is None else (occasion, code, goal)
        blocks = [leak(NOW - timedelta(hours=value)), card(value)]
        if key in effects:
            done = person.run([card(-1)], occasion, code=code, settings={"goal": goal})
            assert (done.repeated, done.blocks[1].metric.value) == (True, effects[key])  # type: ignore[union-attr]
            continue
        if fails:
            with pytest.raises(ServiceFailed):
                person.run(raising(ValueError()), occasion, code=code, settings={"goal": goal})
            numbers.append((-1, occasion))
            continue
        done = person.run(blocks, occasion, code=code, settings={"goal": goal})
        assert not done.repeated
        numbers.append((value, occasion))
        if key is not None:
            effects[key] = value
    kept = [(int(r.blocks[1].metric.value) if r.blocks else -1, r.occasion) for r in person.host.runs(ID)]  # type: ignore[union-attr]
    assert kept == numbers[::-1]
    assert person.leaks() == sum(value >= 0 for value, _ in numbers)
    assert len(person.outcomes()) == len(numbers)
    person.close()


def test_what_was_done_long_ago_may_be_done_again(person: Person) -> None:
    for number in range(REMEMBERED + 1):
        person.run([card(number)], f"day {number}")
    assert person.run([card()], "day 1").repeated
    assert not person.run([card()], "day 0").repeated


def test_of_two_hosts_at_once_one_has_the_effect(tmp_path: Path) -> None:
    """Each with connections of its own: both read, both end well, and one of them is what happened."""

    def opened() -> Person:
        return Person(SqliteCloud(tmp_path / "cloud.sqlite"), SqliteKeeper(tmp_path / "host.sqlite"))

    together = Barrier(2, timeout=60)

    def meeting(context: Context, water: Dataset[Hour]) -> Iterable[object]:
        together.wait()
        yield alert()
        yield leak()
        together.wait()

    def run() -> Run:
        person = opened()
        try:
            return person.run(meeting, "monday")
        finally:
            person.close()

    person = opened()
    person.fill()
    person.agree()
    with ThreadPoolExecutor(2) as pool:
        done = [f.result() for f in [pool.submit(run) for _ in range(2)]]
    assert sorted(d.repeated for d in done) == [False, True]
    assert sorted(d.told for d in done) == [(), ("leak",)]
    assert sorted(d.saved for d in done) == [0, 1]
    assert (len(person.host.runs(ID)), person.leaks()) == (1, 1)
    assert person.outcomes() == ["allowed", "allowed"]
    assert sorted(person.outcomes("run_end")) == ["allowed", "partial"]
    assert person.run([], "monday").repeated
    person.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from selfdata_sdk.cloud import Change, SqliteCloud
from selfdata_sdk.host.keeper import SqliteKeeper
from tests.host.person import Person, alert, leak

folder, moment = Path(sys.argv[1]), sys.argv[2]

class Dying(SqliteCloud):
    def commit(self, changes, *, scrub=False):
        ends = any(change.name.startswith("run.") for change in changes)
        if moment == "after":
            super().commit(changes, scrub=scrub)
        if ends:
            os.kill(os.getpid(), signal.SIGKILL)
        if moment == "before":
            super().commit(changes, scrub=scrub)

person = Person(Dying(folder / "cloud.sqlite"), SqliteKeeper(folder / "host.sqlite"))
person.run([leak(), alert()], "monday")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_run_that_is_killed_at_its_end_has_its_effect_once(tmp_path: Path, moment: str) -> None:
    """Its records are saved: before the commit of the run, it is run again; after it, it is known to be done."""

    def opened() -> Person:
        return Person(SqliteCloud(tmp_path / "cloud.sqlite"), SqliteKeeper(tmp_path / "host.sqlite"))

    person = opened()
    person.fill()
    person.agree()
    person.close()
    words = [sys.executable, "-c", KILLED, str(tmp_path), moment]
    assert subprocess.run(words, cwd=Path(__file__).parents[2], check=False).returncode == -signal.SIGKILL
    person = opened()
    assert person.leaks() == 1
    assert [len(person.host.runs(ID)), person.ledger.look().standing] == [moment == "after", "sound"]
    done = person.run([leak(), alert()], "monday")
    assert (done.repeated, done.told) == ((True, ()) if moment == "after" else (False, ("leak",)))
    assert (person.leaks(), len(person.host.runs(ID))) == (1, 1)
    assert person.ledger.verify().broken is None
    person.close()


# What counts for nothing


def test_a_run_that_another_app_wrote_or_changed_counts_for_nothing(person: Person) -> None:
    person.run([card(1)], "monday")
    name = run_name(ID, 0)
    data = person.data(name)
    body = unwrapped(data)
    assert body is not None
    forged = body.replace(b'"value":1', b'"value":9')
    assert forged != body
    for document in (Seal(bytes(32)).wrap(name, forged), data.replace(body, forged), body, b"", b"[]"):
        person.put(name, document)
        assert person.host.runs(ID) == []
        done = person.run([card(2)], "monday")
        assert (done.repeated, done.blocks) == (True, ()), "that it was done is written elsewhere"
    person.put(name, data)
    assert len(person.host.runs(ID)) == 1


def test_a_run_counts_in_its_own_place_only(person: Person) -> None:
    other = "org.example.other"
    person.agree(manifest(other))
    person.run([card(1)])
    person.run([card(2)])
    person.run([card(3)], manifest=manifest(other))
    person.put(run_name(ID, 1), person.data(run_name(ID, 0)))
    person.put(run_name(other, 0), person.data(run_name(ID, 0)))
    assert [r.number for r in person.host.runs(ID)] == [0]
    assert person.host.runs(other) == []


def test_a_run_that_was_put_back_over_a_later_one_counts_for_nothing(person: Person, three: None) -> None:
    """It has its place and its seal, and an older number."""
    person.run([card(0)])
    old = person.data(run_name(ID, 0))
    for number in range(1, 4):
        person.run([card(number)])
    assert [r.number for r in person.host.runs(ID)] == [3, 2, 1]
    person.put(run_name(ID, 0), old)
    assert [r.number for r in person.host.runs(ID)] == [2, 1]


def test_what_is_forged_of_what_was_done_does_not_keep_a_service_from_running(person: Person) -> None:
    person.run([card(1)], "monday")
    use = person.data(use_name(ID))
    body = unwrapped(use)
    assert body is not None
    for forged in (Seal(bytes(32)).wrap(use_name(ID), body), body, b"", None):
        person.put(use_name(ID), forged)
        assert not person.run([card(2)], "monday").repeated


def test_runs_of_another_persons_cloud_count_for_nothing(person: Person) -> None:
    """Even on one host, whose keys are the same."""
    other = Person(keeper=person.keeper, name="other")
    other.fill()
    other.agree()
    other.run([card(1)], "monday")
    person.run([card(2)], "tuesday")
    person.put(run_name(ID, 0), other.data(run_name(ID, 0)))
    assert person.host.runs(ID) == []
    person.put(use_name(ID), other.data(use_name(ID)))
    assert not person.run([card(3)], "monday").repeated


def test_runs_from_before_everything_was_erased_count_for_nothing(person: Person) -> None:
    person.run([card(1)], "monday")
    names = (run_name(ID, 0), use_name(ID))
    kept = {name: person.data(name) for name in names}
    person.host.erase_everything()
    assert person.cloud.list() == []
    person.fill()
    person.agree()
    for name, data in kept.items():
        person.put(name, data)
    assert person.host.runs(ID) == []
    assert not person.run([card(2)], "monday").repeated
    assert [r.number for r in person.host.runs(ID)] == [0]


def test_runs_go_with_an_export_and_count_for_nothing_elsewhere(person: Person, tmp_path: Path) -> None:
    person.run(total, "monday")
    export(person.store, tmp_path / "out")
    assert (tmp_path / "out" / "consent" / f"run.{ID}.000.json").read_bytes() == person.data(run_name(ID, 0))
    elsewhere = Person()
    assert restore(elsewhere.store, tmp_path / "out").carried == "brought"
    assert elsewhere.data(run_name(ID, 0)) == person.data(run_name(ID, 0))
    assert elsewhere.host.runs(ID) == []
    with pytest.raises(ConsentNeeded):
        elsewhere.run(total, "monday")
    elsewhere.agree()
    assert not elsewhere.run(total, "monday").repeated
    assert [r.number for r in elsewhere.host.runs(ID)] == [0]


# What is erased


def test_what_a_service_made_is_erased_with_its_runs_and_no_others(person: Person) -> None:
    """The name of one service may begin with that of another."""
    longer = f"{ID}.leak"
    person.agree(manifest(longer))
    for made_by in (ID, longer, ID):
        person.run([card(LITRES), leak(NOW - timedelta(hours=len(made_by)))], manifest=manifest(made_by))
    assert person.host.withdraw(ID, erase=True) == 1
    assert person.cloud.list("run.") == [f"run.{longer}.000"]
    assert person.host.runs(ID) == []
    assert [r.service for r in person.host.runs(longer)] == [longer]
    assert person.host.withdraw(longer, erase=True) == 1
    assert person.cloud.list("run.") == []


def test_what_was_never_made_can_be_erased(person: Person) -> None:
    assert person.host.withdraw(ID, erase=True) == 0


def test_runs_stay_when_only_the_agreement_is_taken_back(person: Person) -> None:
    person.run([card(1)])
    person.host.withdraw(ID)
    assert len(person.host.runs(ID)) == 1


def test_runs_go_on_being_counted_after_some_were_erased(person: Person) -> None:
    person.run([card(1)], "monday")
    person.host.withdraw(ID, erase=True)
    person.agree()
    done = person.run([card(2)], "monday")
    assert (done.repeated, done.blocks) == (True, ()), "it was done, and what came of it is gone"
    person.run([card(3)], "tuesday")
    assert [r.number for r in person.host.runs(ID)] == [1]


def test_erased_runs_are_gone_from_the_file(tmp_path: Path) -> None:
    person = Person(SqliteCloud(tmp_path / "cloud.sqlite"))
    person.fill()
    person.agree()
    person.run([card(4242424242 + n, f"card-{n}") for n in range(50)])

    def found() -> bool:
        return any(b"42424242" in path.read_bytes() for path in tmp_path.iterdir())

    assert found()
    assert person.host.erase_runs(lambda run: run.given == ("water.use/1",)) == 1
    assert not found()
    person.close()


def test_only_the_runs_that_are_meant_are_erased_and_those_that_nobody_can_read(person: Person) -> None:
    person.run([card(1)])
    (run,) = person.host.runs(ID)
    assert run.given == ("water.use/1",)
    assert person.host.erase_runs(lambda run: "electricity.use/1" in run.given) == 0
    assert person.host.runs(ID) == [run]
    name = run_name(ID, 0)
    held = person.cloud.get(name)
    assert held is not None
    person.cloud.commit([Change(name, b"something else", held.version)])
    assert person.host.erase_runs(lambda run: False) == 1
    assert person.cloud.get(name) is None


# Alerts


def test_an_alert_is_told_once_and_given_each_time(person: Person) -> None:
    """Somebody who opens the advice sees it; nobody is told anew."""
    found = []
    for day in range(9):
        done = person.run([alert(), card()], f"day {day}")
        assert [b.id for b in done.blocks] == ["leak", "card"]
        found.append(bool(done.told))
        person.later(days=1)
    assert found == [day in (0, 7) for day in range(9)]
    assert [bool(r.told) for r in reversed(person.host.runs(ID))] == found


def test_an_alert_of_a_run_that_failed_is_not_told(person: Person) -> None:
    with pytest.raises(OutputError):
        person.run([alert(), card(), card()])
    assert person.run([alert()]).told == ("leak",)


def test_no_more_alerts_are_told_in_a_week_than_was_agreed_to() -> None:
    person = Person()
    few = manifest(outputs=MANIFEST.outputs.model_copy(update={"alerts_per_week": 2}))
    person.fill()
    person.agree(few)
    told = []
    for day in range(8):
        told.append(person.run([alert(f"a{day}")], manifest=few).told)
        person.later(days=1)
    assert told == [("a0",), ("a1",), (), (), (), (), (), ("a7",)]


# What others are told


def test_an_observer_is_told_what_a_run_came_to_and_nothing_of_the_person(person: Person) -> None:
    occasion = "Rue Oberkampf at 7919"
    person.run([card(LITRES), alert("a7919"), leak()], occasion, settings={"street": "Rue Oberkampf", "goal": 477})
    with pytest.raises(ServiceFailed):
        person.run(raising(Used7919Litres("Rue Oberkampf")))
    person.host.withdraw(ID)
    with pytest.raises(ConsentNeeded):
        person.run(total)
    done, failed, denied = person.reports
    assert (done.outcome, done.error, done.blocks) == ("done", None, {"card": 1, "alert": 1, "save": 1})
    assert (failed.outcome, failed.error, failed.blocks) == ("failed", "ServiceFailed", {})
    assert (denied.outcome, denied.error, denied.blocks) == ("denied", "ConsentNeeded", {})
    assert {(r.service, r.version, r.code, r.walls) for r in person.reports} == {(ID, MANIFEST.version, CODE, WALLS)}
    assert done.seconds > 0
    assert failed.seconds > 0
    assert denied.seconds == 0
    told = repr([replace(r, seconds=0.0, cpu_seconds=0.0, run="") for r in person.reports])
    for secret in (*SECRETS, "477", occasion):
        assert secret not in told


def test_a_report_names_the_run_as_the_persons_own_record_does_and_nothing_else(person: Person) -> None:
    """What is random tells who reads a host's log nothing, until the person shows their record."""
    person.run(total, "monday")
    with pytest.raises(ServiceFailed):
        person.run(raising(ValueError()))
    assert [r.run for r in person.reports] == [r.id for r in reversed(person.host.runs(ID))]
    entries = json.dumps([e.model_dump(mode="json") for e in person.ledger.entries()])
    assert not any(report.run in entries for report in person.reports)
    person.host.withdraw(ID)
    with pytest.raises(ConsentNeeded):
        person.run(total)
    assert person.reports[-1].run == ""


def test_a_run_that_was_done_before_is_not_reported_again(person: Person) -> None:
    person.run(total, "monday")
    person.run(total, "monday")
    assert len(person.reports) == 1


def test_a_run_that_the_host_stops_is_not_the_services_failure(person: Person) -> None:
    with pytest.raises(KeyboardInterrupt):
        person.run(raising(KeyboardInterrupt()))
    (report,) = person.reports
    assert (report.outcome, report.error) == ("stopped", "KeyboardInterrupt")


def test_no_value_of_the_person_is_in_the_journal(person: Person) -> None:
    person.run([card(LITRES), alert(), leak()], "Rue Oberkampf", settings={"street": "Rue Oberkampf"})
    with pytest.raises(ServiceFailed):
        person.run(raising(Used7919Litres("Rue Oberkampf")))
    entries = json.dumps([e.model_dump(mode="json") for e in person.ledger.entries()])
    for secret in SECRETS:
        assert not re.search(rf"\b{secret}\b", entries), "but within a hash"
        assert any(secret in unwrapped(person.data(n)).decode() for n in person.cloud.list("run."))  # type: ignore[union-attr]


def test_the_journal_says_behind_which_walls_a_run_was(person: Person) -> None:
    person.run(total)
    person.host.run(Pinned(giving(), walls=()), MANIFEST)
    walls = [e.details["walls"] for e in person.ledger.entries() if e.details and e.header.event == "run"]
    assert walls == [list(WALLS), []]


# What is agreed to


def test_what_is_agreed_is_what_holds_now(person: Person) -> None:
    assert person.host.agreed(ID)
    assert person.host.grant_for(ID) is not None
    assert not person.host.agreed("org.example.other")
    assert person.host.grant_for("org.example.other") is None
    person.later(days=500)
    assert not person.host.agreed(ID)
    assert person.host.grant_for(ID) is not None, "it tells which version was agreed to"
    person.agree()
    person.host.withdraw(ID)
    assert not person.host.agreed(ID)


def test_an_agreement_that_another_app_wrote_is_none(person: Person) -> None:
    name = f"grant.{ID}"
    body = unwrapped(person.data(name))
    assert body is not None
    person.put(name, Seal(bytes(32)).wrap(name, body))
    assert not person.host.agreed(ID)
    assert person.host.grant_for(ID) is None
