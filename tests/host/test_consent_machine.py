"""Agreeing, withdrawing, time, new versions, imports and runs in any order, against a plain model of what may be read.

The model knows consent as people are told of it, and nothing of how the host computes it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.consent.grant import Item, Limits, Terms
from selfdata_sdk.errors import AskPerson
from selfdata_sdk.host.broker import Opened
from selfdata_sdk.host.host import Host
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.model import ElectricityUse, Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Codes, Column, Ints, Moneys
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.service.payload import Payload
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.store.ledger import Ledger

PARIS = ZoneInfo("Europe/Paris")
SMALL = Path(__file__).parents[1] / "service/vectors/good/small.json"
SERVICE = "org.example.small"
WATER, POWER = "water.use/1", "electricity.use/1"
BODY = {WATER: ("litres", "min_flow"), POWER: ("energy", "power")}
GRAINS = ("total", "month", "day", "hour")
CLOSED = ("total", "month", "day")


@dataclass(frozen=True)
class Asked:
    """A need as the model knows it; also what is left of it under a person's limits."""

    label: str
    fields: frozenset[str]
    grain: str
    back: int
    required: bool

    def narrowed(self, grain: str, back: int) -> Asked:
        return replace(self, grain=coarser(self.grain, grain), back=min(self.back, back))

    def asks_more_than(self, other: Asked) -> bool:
        finer = GRAINS.index(self.grain) > GRAINS.index(other.grain)
        required = self.required and not other.required
        return not self.fields <= other.fields or finer or self.back > other.back or required


Version = dict[str, Asked]
"""Record type → what is asked of it."""


@dataclass
class Agreed:
    """What the person agreed to. `items` holds, by record type, what may be read at most; None: nothing."""

    version: Version
    items: dict[str, Asked | None]
    sure: dict[str, bool]
    ends: datetime
    used: datetime
    once: bool
    state: str = "given"


def coarser(a: str, b: str) -> str:
    return min(a, b, key=GRAINS.index)


def months_later(moment: datetime, n: int) -> datetime:
    year, month = divmod(moment.month - 1 + n, 12)
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=moment.year + year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError


def manifest_of(version: Version, number: int) -> Manifest:
    base = Manifest.from_json(SMALL.read_bytes()).model_dump(exclude={"needs"})
    why = {"en": "For the purpose of this very test", "fr": "Pour les besoins de ce test précis"}
    needs = {
        need.label: {
            "record_type": record_type,
            "fields": sorted(need.fields),
            "granularity": need.grain,
            "at_worst": "total",
            "back": f"P{need.back}D",
            "why": why,
            **({} if need.required else {"without": {"en": "Less advice", "fr": "Moins de conseils"}}),
        }
        for record_type, need in version.items()
    }
    return Manifest.model_validate({**base, "version": f"0.{number}.0", "needs": needs})


WATER_LIMITS = st.tuples(st.sampled_from(["hour", "hour", "day", "month"]), st.sampled_from([60, 60, 20, 4]))


class ConsentMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = datetime(2025, 3, 10, 9, 20, tzinfo=UTC)
        self.latest = self.clock  # of the journal
        self.cloud = MemoryCloud()
        self.store = PersonalStore(self.cloud)
        self.ledger = Ledger(self.cloud, SqliteKeeper(":memory:"), clock=lambda: self.clock)
        self.host = Host(self.store, self.ledger)
        self.hours: dict[str, dict[datetime, int]] = {WATER: {}, POWER: {}}
        self.imports = 0
        self.number = 1
        self.version: Version = {
            WATER: Asked("water", frozenset({"litres", "min_flow"}), "hour", 40, True),
            POWER: Asked("power", frozenset({"energy"}), "hour", 30, False),
        }
        self.agreed: Agreed | None = None
        self.told: dict[tuple[object, ...], tuple[int, datetime]] = {}
        self.shown: dict[tuple[str, str, datetime], tuple[list[tuple[datetime, int]], datetime]] = {}
        self.windows: set[tuple[str, datetime, datetime]] = set()

    @property
    def now(self) -> datetime:
        """Time for rights: the clock's, but never before what is written down."""
        return max(self.clock, self.latest)

    def wrote(self) -> None:
        self.latest = self.now

    # What happens

    @rule(hours=st.sampled_from([1, 5, 24, 26, -30]))
    def time_passes(self, hours: int) -> None:
        self.clock += timedelta(hours=hours)

    @rule(days=st.sampled_from([7, 7, 31, 50, 91, -40]))
    def much_time_passes(self, days: int) -> None:
        self.clock += timedelta(days=days)

    @initialize(finer=st.booleans(), grain=st.sampled_from(GRAINS))
    def all_is_given(self, finer: bool, grain: str) -> None:
        self.version[WATER] = replace(self.version[WATER], grain=grain)
        for record_type in (WATER, POWER):
            self.records_arrive(record_type, 45, 0, 24 * 46, 3)
        self.the_person_answers("given", "given", (("hour", 60), ("hour", 60)), finer, False)

    @rule(
        record_type=st.sampled_from([WATER, WATER, POWER]),
        days=st.integers(0, 45),
        hour=st.integers(0, 23),
        n=st.sampled_from([1, 3, 24, 24 * 4, 24 * 40]),
        value=st.integers(0, 9),
    )
    def records_arrive(self, record_type: str, days: int, hour: int, n: int, value: int) -> None:
        """New ones, late ones and revised ones."""
        self.imports += 1
        first = self.clock.replace(minute=0, second=0) - timedelta(days=days, hours=hour)
        starts = micros(first) + np.arange(n, dtype=np.int64) * HOUR
        values = (np.arange(n, dtype=np.int64) + value) % 10 * 1000
        retrieved = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=self.imports)
        source = Source(holder="holder", importer="test", version="1", retrieved_at=retrieved)
        columns: dict[str, Column] = {"start": Ints(starts), "end": Ints(starts + HOUR)}
        columns |= {name: Ints(values) for name in BODY[record_type]}
        model = WaterUse if record_type == WATER else ElectricityUse
        self.store.write([Table(model, Series(record_type, "holder", "P1", "", "PT1H"), columns, (source,))])
        for number, amount in enumerate(values.tolist()):
            self.hours[record_type][first + timedelta(hours=number)] = amount

    @rule(
        water=st.sampled_from(["given", "given", "given", "given", "refused"]),
        power=st.sampled_from(["given", "given", "refused", "deferred"]),
        limits=st.tuples(WATER_LIMITS, WATER_LIMITS),
        finer=st.booleans(),
        once=st.sampled_from([False, False, False, False, True]),
    )
    def the_person_answers(
        self, water: str, power: str, limits: tuple[tuple[str, int], tuple[str, int]], finer: bool, once: bool
    ) -> None:
        decisions = {WATER: water, POWER: power}
        answers, items = {}, {}
        for (record_type, need), (grain, back) in zip(self.version.items(), limits, strict=False):
            given = decisions[record_type] == "given"
            items[record_type] = need.narrowed(coarser(grain, "hour" if finer else "day"), back) if given else None
            if decisions[record_type] != "deferred":
                answers[need.label] = Item(
                    decision=decisions[record_type],  # type: ignore[arg-type]
                    limits=Limits(granularity=grain, back=f"P{back}D") if given else Limits(),  # type: ignore[arg-type]
                    finer=finer and given,
                )
        self.host.grant(manifest_of(self.version, self.number), Terms(items=answers, once=once))
        self.wrote()
        refused = {decisions[r] for r in self.version} == {"refused"}
        self.agreed = Agreed(
            self.version, items, dict.fromkeys(items, True), months_later(self.now, 6), self.now, once,
            "refused" if refused else "given",
        )  # fmt: skip

    @precondition(lambda self: self.agreed is not None)
    @rule()
    def the_person_withdraws(self) -> None:
        assert self.agreed is not None
        self.host.withdraw(SERVICE)
        self.wrote()
        self.agreed.state = "withdrawn"

    @rule(
        record_type=st.sampled_from([WATER, POWER]),
        kind=st.sampled_from(
            ["narrower", "narrower", "narrower", "wider", "renamed", "renamed", "dropped", "required"]
        ),
        axis=st.sampled_from(["fields", "grain", "back"]),
    )
    def a_new_version_comes(self, record_type: str, kind: str, axis: str) -> None:
        self.number += 1
        need = self.version.get(record_type)
        if need is None:
            self.version = self.version | {POWER: Asked("added", frozenset({"energy"}), "day", 20, False)}
            return
        if kind == "dropped" and record_type == POWER:
            self.version = {WATER: self.version[WATER]}
            return
        step = {"narrower": -1, "wider": 1}.get(kind, 0)
        changed = need
        if kind == "renamed":
            changed = replace(need, label=f"{need.label[:20]}_{self.number}")
        elif kind == "required":
            changed = replace(need, required=not need.required if record_type == POWER else True)
        elif axis == "fields":
            changed = replace(need, fields=frozenset(BODY[record_type][: 1 if step < 0 else 2]))
        elif axis == "grain":
            lowest = 0 if record_type == WATER else 2
            changed = replace(need, grain=GRAINS[min(3, max(lowest, GRAINS.index(need.grain) + step))])
        else:
            changed = replace(need, back=min(59, max(3, need.back + 9 * step)))
        self.version = self.version | {record_type: changed}

    @rule(record_type=st.sampled_from([WATER, POWER]), axis=st.sampled_from(["fields", "grain", "back", ""]))
    def a_version_that_asks_no_more_runs(self, record_type: str, axis: str) -> None:
        self.the_service_runs(None)
        self.a_new_version_comes(record_type, "narrower" if axis else "renamed", axis)
        self.records_arrive(WATER, 3, 0, 2, len(axis))
        self.the_service_runs(None)

    # Runs

    @rule()
    def the_service_runs_now(self) -> None:
        self.the_service_runs(None)

    @rule(hours=st.integers(0, 30), value=st.integers(0, 9), days=st.integers(0, 5))
    def the_service_runs_before_and_after_a_late_import(self, hours: int, value: int, days: int) -> None:
        self.the_service_runs(None)
        self.records_arrive(WATER, days, 0, 1, value)
        self.clock += timedelta(hours=hours)
        self.the_service_runs(None)

    @rule(offset=st.sampled_from([None, 0, -1, -24, -24 * 20, 24 * 30]))
    def the_service_runs(self, offset: int | None) -> None:
        now = None if offset is None else self.now + timedelta(hours=offset)
        before = self._size()
        may, must = self._allowed()
        try:
            opened = self.host.door().open(manifest_of(self.version, self.number), now, None)
        except AskPerson:
            assert not must or (now is not None and now < self.now - timedelta(days=3)), "an honest run is refused"
            if self._size() > before:
                *_, entry = self.ledger.entries()
                assert (entry.header.event, entry.header.outcome, entry.header.needs) == ("run", "denied", ())
                self.wrote()
            return
        assert may, "a run that nobody agreed to"
        self.wrote()
        self._carry_over()
        self._is_written_down(opened)
        assert self.agreed is not None
        given = {d.label for d in opened.delivered if d.given}
        for record_type, need in self.version.items():
            held = self.agreed.items[record_type]
            payload = opened.payloads[need.label]
            if need.label not in given:
                assert held is None or not self.agreed.sure[record_type] or now is not None, (
                    "what was agreed is kept back"
                )
                self._looks_like_no_data(need, payload, now)
            else:
                assert held is not None, "what nobody agreed to"
                self._is_within(record_type, held, payload, min(now or self.now, self.now))
        self.agreed.used = self.now
        if self.agreed.once:
            self.agreed.state = "expired"

    def _size(self) -> int:
        head = self.ledger.look().head
        return head.size if head else 0

    def _allowed(self) -> tuple[bool, bool]:
        """Whether a run may happen, and whether it must be let."""
        agreed = self.agreed
        if agreed is None or agreed.state != "given" or self.now >= agreed.ends:
            return False, False
        unused = self.now - agreed.used
        if unused >= timedelta(days=90):
            return False, False
        sure = unused < timedelta(days=89)
        for record_type, need in self.version.items():
            if not need.required:
                continue
            known = agreed.version.get(record_type)
            if known is None or need.asks_more_than(known) or agreed.items[record_type] is None:
                return False, False
            sure = sure and agreed.sure[record_type]
        return True, sure

    def _carry_over(self) -> None:
        """What a new version inherits: never more than was agreed, and no more than it asks."""
        agreed = self.agreed
        assert agreed is not None
        if agreed.version == self.version:
            return
        items: dict[str, Asked | None] = {}
        sure: dict[str, bool] = {}
        for record_type, need in self.version.items():
            known, held = agreed.version.get(record_type), agreed.items.get(record_type)
            items[record_type] = held and replace(
                need.narrowed(held.grain, held.back), fields=need.fields & held.fields
            )
            sure[record_type] = known is not None and agreed.sure[record_type] and not need.asks_more_than(known)
        agreed.version, agreed.items, agreed.sure = self.version, items, sure
        agreed.used = self.now

    def _is_written_down(self, opened: Opened) -> None:
        """The last entry tells everything that was handed over, and lies in the cloud already."""
        *_, entry = self.ledger.entries()
        assert entry.header.event == "run"
        assert entry.details is not None
        given = {d.label: d for d in opened.delivered if d.given}
        assert entry.header.outcome == ("allowed" if len(given) == len(opened.delivered) else "partial")
        assert {h.need for h in entry.header.needs} == given.keys()
        for handed in entry.header.needs:
            payload = opened.payloads[handed.need]
            assert handed.record_type == given[handed.need].record_type
            assert handed.granularity == payload.granularity
            assert (micros(handed.start), micros(handed.end)) == (payload.start, payload.end)
        assert entry.details["rows"] == {label: len(opened.payloads[label]) for label in given}
        for label, payload in opened.payloads.items():
            told = set(entry.details["fields"].get(label, ()))
            assert label in given or len(payload) == 0
            assert label not in given or set(payload.rows.columns) == {"start", "end", *told}

    def _looks_like_no_data(self, need: Asked, payload: Payload, now: datetime | None) -> None:
        """As in a store that holds nothing of the kind, of a person who gave all that is asked."""
        cloud = MemoryCloud()
        ledger = Ledger(cloud, SqliteKeeper(":memory:"), clock=lambda: self.now)
        other = Host(PersonalStore(cloud), ledger)
        manifest = manifest_of(self.version, self.number)
        other.grant(manifest, Terms(items={label: Item(decision="given") for label in manifest.needs}))
        assert same(payload, other.door().open(manifest, now, "Europe/Paris").payloads[need.label])

    def _is_within(self, record_type: str, held: Asked, payload: Payload, until: datetime) -> None:
        """No field, day or granularity beyond what was agreed; in closed buckets each as long as it must be."""
        assert set(payload.rows.columns) - {"start", "end"} <= held.fields
        grain: str = payload.granularity
        assert GRAINS.index(grain) <= GRAINS.index(held.grain)
        floor = self.now.astimezone(PARIS) - timedelta(days=held.back)
        body = sorted(set(payload.rows.columns) - {"start", "end"})
        seen: dict[datetime, datetime] = {}
        for row in range(len(payload)):
            start, end = (
                datetime.fromtimestamp(payload.rows.ints(n)[row] / 1e6, UTC).astimezone(PARIS) for n in ("start", "end")
            )
            assert floor.astimezone(UTC) <= start.astimezone(UTC)
            assert end.astimezone(UTC) <= until.astimezone(UTC)
            assert bucket(grain, start, end), (grain, start, end)
            seen[start] = end
            values = {name: payload.rows.ints(name)[row].item() for name in body}
            self._is_told_once_a_day(record_type, grain, start, end, values)
        if self.agreed is not None and self.agreed.sure[record_type] and grain == held.grain and grain != "total":
            self._is_complete(record_type, grain, floor, until, seen)

    def _is_told_once_a_day(
        self, record_type: str, grain: str, start: datetime, end: datetime, values: dict[str, int]
    ) -> None:
        """A bucket that was given changes a day later at the soonest, and totals do not overlap."""
        if grain not in CLOSED:
            return
        if grain == "total":
            window = (record_type, start, end)
            assert all(w == window or w[0] != record_type or w[2] <= start or end <= w[1] for w in self.windows), (
                "two totals that overlap"
            )
            self.windows.add(window)
        for name, value in values.items():
            key = (record_type, grain, name, start)
            known = self.told.get(key)
            if known is None or known[0] != value:
                assert known is None or self.now - known[1] >= timedelta(days=1)
                self.told[key] = (value, self.now)

    def _is_complete(
        self, record_type: str, grain: str, floor: datetime, until: datetime, seen: dict[datetime, datetime]
    ) -> None:
        """What is held and may be read is handed over, but for buckets that changed less than a day ago."""
        held: dict[tuple[datetime, datetime], list[tuple[datetime, int]]] = {}
        for hour, value in sorted(self.hours[record_type].items()):
            held.setdefault(around(grain, hour.astimezone(PARIS)), []).append((hour, value))
        for (start, end), content in held.items():
            key = record_type, grain, start
            if start in seen:
                self.shown[key] = content, self.now
            elif floor.astimezone(UTC) <= start.astimezone(UTC) and end.astimezone(UTC) <= until.astimezone(UTC):
                assert grain in CLOSED, (grain, start)
                times = [at for (r, g, _, s), (_, at) in self.told.items() if (r, g, s) == key]
                if key in self.shown and self.shown[key][0] != content:
                    times.append(self.shown[key][1])
                assert any(self.now - at < timedelta(days=1) for at in times), (grain, start)

    @invariant()
    def the_journal_holds(self) -> None:
        assert self.ledger.verify().broken is None


def around(grain: str, moment: datetime) -> tuple[datetime, datetime]:
    """The local bucket that holds a moment."""
    if grain == "hour":
        start = moment.astimezone(UTC).replace(minute=0)
        return start.astimezone(PARIS), (start + timedelta(hours=1)).astimezone(PARIS)
    day = moment.date()
    if grain == "day":
        return midnight(day), midnight(day + timedelta(days=1))
    first = day.replace(day=1)
    return midnight(first), midnight((first + timedelta(days=31)).replace(day=1))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=PARIS)


def bucket(grain: str, start: datetime, end: datetime) -> bool:
    """True if [start, end) is a whole local bucket."""
    if grain == "total":
        return all(m == midnight(m.date()) for m in (start, end)) and start < end
    return (start, end) == around(grain, start)


def same(a: Payload, b: Payload) -> bool:
    """True if nothing tells two payloads apart."""
    for field in fields(Payload):
        if field.name not in ("rows", "series"):
            assert getattr(a, field.name) == getattr(b, field.name), field.name
    assert list(a.rows.columns) == list(b.rows.columns)
    parts: list[tuple[Any, Any]] = [
        (a.series, b.series), (a.rows.provisional, b.rows.provisional), (a.rows.covered, b.rows.covered),
    ]  # fmt: skip
    for name, column in {**a.rows.columns, "quality": a.rows.quality}.items():
        other = b.rows.quality if name == "quality" else b.rows.columns[name]
        assert type(column) is type(other)
        match column, other:
            case Ints(), Ints():
                parts.append((column.values, other.values))
            case Codes(), Codes():
                assert column.words == other.words
                parts.append((column.indexes, other.indexes))
            case Moneys(), Moneys():
                parts.append((column.unscaled.values, other.unscaled.values))
    return all(x.dtype == y.dtype and np.array_equal(x, y) for x, y in parts)


def test_no_order_of_acts_hands_over_more_than_was_agreed() -> None:
    run_state_machine_as_test(ConsentMachine, settings=settings(max_examples=30, stateful_step_count=30, deadline=None))
