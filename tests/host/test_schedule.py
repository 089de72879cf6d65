"""What is due: on new data, each day or each week of the home, or when it is opened; once for each, service by service."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk import Block, Context, Dataset, Need, Row, Text, service
from selfdata_sdk.errors import CodeChanged, SandboxUnavailable, ServiceFailed
from selfdata_sdk.host.code import Code
from selfdata_sdk.host.discovery import Found, installed
from selfdata_sdk.host.installing import Options, install, update
from selfdata_sdk.host.sandbox import Sandbox
from selfdata_sdk.host.schedule import TRIES, Due, occasion, run_due
from selfdata_sdk.host.shelf import Shelf
from selfdata_sdk.model import Source, SupplyAlert, SupplyContract
from selfdata_sdk.model.table import tables
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.service.service import Service
from selfdata_sdk.testing.wheels import service_wheel

from .person import ID, MANIFEST, SOME, Gives, Person, Pinned, alert, card, giving, leak, manifest

PARIS = ZoneInfo("Europe/Paris")
SECOND = "org.example.second"
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is for Linux")


class Here(Sandbox):
    """Runs our own services in this process, each found by its code's digest."""

    def __init__(self) -> None:
        super().__init__()
        self.services: dict[str, Service[...]] = {}

    def engine(self, code: Code, *, debug: bool = False) -> Pinned:  # type: ignore[override]
        return Pinned(self.services[code.digest], code.digest)

    def holds(self, service: Service[...], **changes: Any) -> Found:
        """The service as it would be found, with a manifest that is changed so."""
        said = manifest_of(service).model_copy(update=changes)
        digest = hashlib.sha256(said.canonical()).hexdigest()
        self.services[digest] = service
        return Found(said, "made", lambda: service, lambda: Code(said.function, {}, digest))


@pytest.fixture
def here() -> Here:
    return Here()


@pytest.fixture
def person() -> Iterator[Person]:
    person = Person()
    person.fill()
    yield person
    person.close()


def daily(here: Here, person: Person, gives: Gives | Iterable[object] = (), id: str = ID, **changes: Any) -> Found:
    """A service that is agreed to and runs each day, unless `changes` say otherwise."""
    found = here.holds(giving(gives, id), **{"schedule": "daily", **changes})
    person.agree(found.manifest)
    return found


def due(person: Person, here: Sandbox, *found: Found, opened: bool = False) -> list[Due]:
    return list(run_due(person.host, found, here, opened=opened))


def ran(person: Person, here: Sandbox, *found: Found, opened: bool = False) -> list[str]:
    """The services that ran well now."""
    return [d.found.id for d in due(person, here, *found, opened=opened) if d.run is not None]


# Days and weeks

MOMENTS = st.integers(0, 15 * 365 * 24 * 60).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
ZONES = st.sampled_from(["Europe/Paris", "America/Martinique", "Pacific/Kiritimati", "Pacific/Noumea", "UTC"])


def for_now(schedule: str, now: datetime) -> str | None:
    return occasion(manifest(schedule=schedule), (), now)


@given(MOMENTS, MOMENTS | st.none(), st.timedeltas(timedelta(0), timedelta(days=15)), ZONES)
def test_two_moments_have_one_occasion_if_they_are_of_one_local_day_or_week(
    one: datetime, other: datetime | None, after: timedelta, name: str
) -> None:
    here, there = (at.astimezone(ZoneInfo(name)) for at in (one, other or one + after))
    days = [at.date() for at in (here, there)]
    mondays = [day - timedelta(days=day.weekday()) for day in days]
    assert (for_now("daily", here) == for_now("daily", there)) == (days[0] == days[1])
    assert (for_now("weekly", here) == for_now("weekly", there)) == (mondays[0] == mondays[1])


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2025, 3, 29), date(2025, 3, 31), 3),  # 30 March has 23 hours
        (date(2025, 10, 25), date(2025, 10, 27), 3),  # 26 October has 25
        (date(2024, 12, 30), date(2025, 1, 2), 4),
    ],
)
def test_each_local_day_is_one_occasion_however_long_it_is(first: date, last: date, days: int) -> None:
    start, end = (datetime(d.year, d.month, d.day, tzinfo=PARIS).astimezone(UTC) for d in (first, last + timedelta(1)))
    minutes = int((end - start).total_seconds() // 60)
    found = [for_now("daily", (start + timedelta(minutes=m)).astimezone(PARIS)) for m in range(0, minutes, 10)]
    assert list(dict.fromkeys(found)) == [f"day {first + timedelta(days=n)}" for n in range(days)]


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2024, 12, 29), "week 2024-W52"),
        (date(2024, 12, 30), "week 2025-W01"),
        (date(2025, 1, 5), "week 2025-W01"),
        (date(2026, 12, 31), "week 2026-W53"),
        (date(2027, 1, 3), "week 2026-W53"),
        (date(2027, 1, 4), "week 2027-W01"),
    ],
)
def test_a_week_goes_from_monday_to_sunday_over_the_end_of_a_year(day: date, week: str) -> None:
    assert for_now("weekly", datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)) == week


def test_a_daily_service_runs_once_a_day_of_the_home(person: Person, here: Here) -> None:
    """In Paris, a summer's day begins at 22:00 UTC."""
    found = daily(here, person, [card()])
    assert ran(person, here, found) == [ID]
    assert ran(person, here, found) == []
    person.now = datetime(2025, 6, 15, 21, 59, tzinfo=UTC)
    assert ran(person, here, found) == []
    person.now = datetime(2025, 6, 15, 22, 0, tzinfo=UTC)
    assert ran(person, here, found) == [ID]
    assert [r.occasion for r in person.host.runs(ID)] == ["day 2025-06-16", "day 2025-06-15"]


def test_a_weekly_service_runs_once_a_week(person: Person, here: Here) -> None:
    found = daily(here, person, [card()], schedule="weekly")
    days = []
    for day in range(16):  # from Sunday 15 June on
        days += [day] * len(ran(person, here, found))
        person.later(days=1)
    assert days == [0, 1, 8, 15]


# New data


def told_contract(person: Person, supplier: str = "S") -> None:
    source = Source(holder="self", importer="test", version="1", method="manual", retrieved_at=person.now)
    start = datetime(2020, 1, 1, tzinfo=UTC)
    person.store.write(tables([SupplyContract(start=start, commodity="water", supplier=supplier, source=source)]))


def test_new_data_of_a_kind_that_is_asked_for_are_an_occasion(person: Person, here: Here) -> None:
    found = daily(here, person, [card()], schedule="on_new_data")
    assert ran(person, here, found) == [ID]
    assert ran(person, here, found) == []
    person.later(days=3)
    assert ran(person, here, found) == [], "time is no data"
    person.fill(hours=2)
    assert ran(person, here, found) == [ID]
    person.fill(hours=2)
    assert ran(person, here, found) == [], "the same again is nothing new"
    person.fill(hours=2, about="P2")
    assert ran(person, here, found) == [ID]
    told_contract(person)
    assert ran(person, here, found) == [], "it does not ask for contracts"


def test_nothing_is_due_on_new_data_where_there_are_none(here: Here) -> None:
    person = Person()
    found = daily(here, person, [card()], schedule="on_new_data")
    told_contract(person)
    assert due(person, here, found) == []
    assert person.outcomes() == []
    person.fill()
    assert ran(person, here, found) == [ID]


class Leak(Row[SupplyAlert]):
    at: datetime


LEAKS = Need(why=Text(en="Count the leaks that it found", fr="Compter les fuites qu'il a trouvées"), back="P1Y")


@service(id=ID, name=SOME, summary=SOME, produces=[SupplyAlert])
def counting(context: Context, leaks: Annotated[Dataset[Leak], LEAKS]) -> Iterable[Block]:
    yield card(len(leaks))
    yield leak(context.now)


def test_what_a_service_saved_itself_is_no_new_data(person: Person, here: Here) -> None:
    """It asks for the records that it keeps: else each run would be the occasion of the next."""
    found = here.holds(counting, schedule="on_new_data")
    person.agree(found.manifest)
    other = daily(here, person, [leak()], SECOND)
    assert ran(person, here, found) == []
    assert ran(person, here, other, found) == [SECOND]
    assert ran(person, here, found) == [ID], "what another saved is new to it"
    person.later(hours=1)
    assert ran(person, here, found) == []
    assert person.leaks() == 2


# When it is opened


def test_a_service_that_runs_when_it_is_opened_runs_each_time(person: Person, here: Here) -> None:
    found = daily(here, person, [card()], schedule="on_open")
    assert due(person, here, found) == []
    assert ran(person, here, found, opened=True) == [ID]
    assert ran(person, here, found, opened=True) == [ID]
    assert [r.occasion for r in person.host.runs(ID)] == [None, None]


@pytest.mark.parametrize("schedule", ["daily", "weekly", "on_new_data"])
def test_what_is_due_anyway_is_due_once_also_when_opened(person: Person, here: Here, schedule: str) -> None:
    found = daily(here, person, [card()], schedule=schedule)
    assert ran(person, here, found, opened=True) == [ID]
    assert ran(person, here, found, opened=True) == []


# What was agreed to


def withdrawn(person: Person) -> None:
    person.host.withdraw(ID)


def expired(person: Person) -> None:
    person.later(days=400)


def never(person: Person) -> None:
    person.host.erase_everything()
    person.fill()
    person.agree(manifest(SECOND))


@pytest.mark.parametrize("ends", [withdrawn, expired, never])
def test_what_is_not_agreed_to_is_not_run_and_not_refused(
    person: Person, here: Here, ends: Callable[[Person], None]
) -> None:
    """A timer that asks each minute writes nothing."""
    found = daily(here, person, [card()])
    ends(person)
    size = len(list(person.ledger.entries()))
    assert due(person, here, found, opened=True) == []
    assert len(list(person.ledger.entries())) == size


def test_what_asks_for_more_than_was_agreed_to_waits_without_a_word(person: Person, here: Here) -> None:
    """At each tick of a timer nothing is tried, so no journal fills with refusals."""
    found = daily(here, person, [card()])
    need = MANIFEST.needs["water"].model_copy(update={"back": "P2Y"})
    more = here.holds(giving([card()]), schedule="daily", version="9.0.0", needs={"water": need})
    before = len(list(person.host.ledger.entries()))
    assert due(person, here, more) == []
    assert len(list(person.host.ledger.entries())) == before
    assert ran(person, here, found) == [ID]


def test_the_quota_of_a_day_holds_for_all_services_together(person: Person, here: Here) -> None:
    found = daily(here, person, [card()], schedule="on_open")

    def within(quota: int) -> list[str]:
        return [d.found.id for d in run_due(person.host, [found], here, opened=True, quota=quota)]

    assert within(0) == []
    assert within(1) == [ID]
    assert within(1) == []
    assert within(2) == [ID]


def test_a_correction_of_old_data_is_new_data(person: Person, here: Here) -> None:
    holding, now = person.host.store.summary()[0], datetime(2025, 1, 1, tzinfo=PARIS)
    manifest = MANIFEST.model_copy(update={"schedule": "on_new_data"})
    corrected = replace(holding, changed=holding.changed + 1)
    assert occasion(manifest, [holding], now) != occasion(manifest, [corrected], now)


# What goes wrong


def fails(context: Context, water: object) -> Iterator[object]:
    raise ValueError
    yield


def test_a_service_that_fails_is_tried_a_few_times_for_each_occasion(person: Person, here: Here) -> None:
    found = daily(here, person, fails)
    for _ in range(TRIES):
        (told,) = due(person, here, found)
        assert (type(told.error), told.run) == (ServiceFailed, None)
    for _ in range(2):
        (told,) = due(person, here, found)
        assert (told.error, told.run, told.occasion) == (None, None, "day 2025-06-15")
    assert len(person.host.runs(ID)) == TRIES
    person.later(days=1)
    (told,) = due(person, here, found)
    assert type(told.error) is ServiceFailed, "another day, another try"


def test_a_service_that_fails_now_and_then_is_not_given_up(person: Person, here: Here) -> None:
    found, well = daily(here, person, fails), Here()
    well.services = {digest: giving([card()]) for digest in here.services}
    for _ in range(TRIES - 1):
        due(person, here, found)
    assert ran(person, well, found) == [ID]
    person.later(days=1)
    for _ in range(TRIES - 1):
        assert due(person, here, found)[0].error is not None
    assert ran(person, well, found) == [ID]


def test_what_goes_wrong_with_one_service_touches_no_other(person: Person, here: Here) -> None:
    second = daily(here, person, [card()], SECOND)

    def changed() -> Code:
        raise CodeChanged("“a.py” is not as it was installed.")

    def broken() -> Code:
        raise RuntimeError

    person.agree(manifest(schedule="daily"))
    for first, kind in [
        (daily(here, person, fails), ServiceFailed),
        (Found(manifest(schedule="daily"), "made", lambda: giving(), changed), CodeChanged),
        (Found(manifest(schedule="daily"), "made", lambda: giving(), broken), RuntimeError),
    ]:
        person.later(days=1)
        one, other = due(person, here, first, second)
        assert type(one.error) is kind
        assert (one.found.id, one.run, one.told) == (ID, None, ())
        assert (other.found.id, other.error) == (SECOND, None)
        assert other.run is not None


def test_without_walls_nothing_is_run_at_all(person: Person, here: Here) -> None:
    class Gone(Here):
        def engine(self, code: Code, *, debug: bool = False) -> Pinned:  # type: ignore[override]
            raise SandboxUnavailable("Services of others cannot be held on this machine.")

    first, second = daily(here, person, [card()]), daily(here, person, [card()], SECOND)
    with pytest.raises(SandboxUnavailable):
        due(person, Gone(), first, second)
    assert person.outcomes() == []


def test_the_alerts_that_are_new_are_told(person: Person, here: Here) -> None:
    found = daily(here, person, [alert("a"), card(), alert("b")])
    (first,) = due(person, here, found)
    assert [a.id for a in first.told] == ["a", "b"]
    person.later(days=1)
    (next_day,) = due(person, here, found)
    assert next_day.run is not None
    assert next_day.told == ()


# Installed versions, in the sandbox

CODE = """
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from selfdata_sdk import Block, Card, Context, Dataset, Metric, Need, Row, Text, service
from selfdata_sdk.model import WaterUse

SOME = Text(en="Some text", fr="Un texte")

class Day(Row[WaterUse]):
    start: datetime
    litres: float

WATER = Need(why=Text(en="Add up the water of each day", fr="Additionner l'eau de chaque jour"), granularity="day", back="{back}")

@service(id="org.example.coach", name=SOME, summary=SOME)
def coach(context: Context, water: Annotated[Dataset[Day], WATER]) -> Iterable[Block]:
    return [Card(id="card", headline=SOME, body=SOME, why=SOME, metric=Metric(value={value}, unit="1"))]
"""
COACH = "org.example.coach"


def put(shelf: Shelf, folder: Path, version: str, back: str, value: int) -> None:
    need = {
        "record_type": "water.use/1", "fields": ["litres", "start"], "granularity": "day", "at_worst": "day", "back": back,
        "why": {"en": "Add up the water of each day", "fr": "Additionner l'eau de chaque jour"},
    }  # fmt: skip
    said = {"needs": {"water": need}, "schedule": "daily", "outputs": {"kinds": ["card"]}}
    code = CODE.format(back=back, value=value)
    wheel = service_wheel(folder / version, COACH, version, code=code, manifest=said)
    options, now = Options(), datetime(2025, 6, 1, tzinfo=UTC)
    if shelf.installed():
        update(shelf, shelf.named(COACH), str(wheel), options, now)
    else:
        install(shelf, str(wheel), options, now)


@linux
def test_a_version_that_waits_is_not_run_and_the_one_that_was_agreed_to_is(person: Person, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "services")

    def found() -> Found:
        (service,) = (f for f in installed(shelf, person.host.grant_for).found if f.id == COACH)
        return service

    def value(told: list[Due]) -> list[float]:
        return [d.run.blocks[0].metric.value for d in told if d.run is not None]  # type: ignore[union-attr]

    with Sandbox() as sandbox:
        put(shelf, tmp_path, "1.0.0", "P1Y", 1)
        assert due(person, sandbox, found()) == [], "nobody agreed"
        person.agree(found().manifest)
        put(shelf, tmp_path, "1.1.0", "P2Y", 2)
        assert (found().version, found().waiting) == ("1.0.0", "1.1.0")
        assert value(due(person, sandbox, found())) == [1]
        assert due(person, sandbox, found()) == []
        person.agree(shelf.named(COACH).manifest())
        assert (found().version, found().waiting) == ("1.1.0", None)
        assert value(due(person, sandbox, found())) == [2], "other code is another run"
        put(shelf, tmp_path, "1.2.0", "P1M", 3)
        assert (found().version, found().waiting) == ("1.2.0", None)
        assert value(due(person, sandbox, found())) == [3]
    versions = {r.version: r.code for r in person.host.runs(COACH)}
    assert versions == {r.version: r.digest for r in shelf.named(COACH).releases}
    assert {r.walls for r in person.host.runs(COACH)} == {("limits", "seccomp", "landlock", "namespaces")}
    assert all(r.peak_memory > 1_000_000 for r in person.host.runs(COACH))
