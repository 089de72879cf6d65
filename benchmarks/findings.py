"""What the water coach finds in generated households whose leaks are known, against simpler rules.

Each household is looked at once a week, as it was that morning. A look at which water has leaked for 72 hours or more
should raise the alarm; one at which nothing has leaked for a day should not. Looks in between do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray
from water_coach import water_coach

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.host.runner import run
from selfdata_sdk.model import Table
from selfdata_sdk.model.time import DAY, HOUR, micros, moment, zone
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.personas import Persona, Truth, households
from selfdata_sdk.testing.running import OpenDoor

COACH = "the water coach"
NO_ZERO, BASE_FLOW = "no hour at zero for 72 hours", "20 L/h or more for 24 hours"
READ = ("water.use/1", "home.household/1")
SIZES = {"under 5 L/h": 0.0, "5 to 20 L/h": 5.0, "20 L/h and more": 20.0}
"""Flows of leaks, by their lower bound."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """Counts of looks: by whether something leaked, and whether the alarm was raised."""

    hits: int
    misses: int
    false_alarms: int
    rests: int
    weeks: int

    @property
    def precision(self) -> float:
        return self.hits / max(self.hits + self.false_alarms, 1)

    @property
    def recall(self) -> float:
        return self.hits / max(self.hits + self.misses, 1)

    @property
    def false_alarms_per_year(self) -> float:
        return self.false_alarms / self.weeks * 52


@dataclass(frozen=True)
class Lived:
    """What the looks need of a household."""

    tz: str
    tables: tuple[Table, ...]
    leaks: tuple[Truth, ...]


def _lived(person: Persona) -> Lived:
    return Lived(
        person.tz,
        tuple(t for t in person.tables if t.record_type.type in READ),
        tuple(t for t in person.truths if t.unit == "L/h"),
    )


def scores(n: int = 200, seed: int = 0, workers: int = 2) -> tuple[dict[str, Score], dict[str, dict[str, float]]]:
    """Of each rule; and its recall by the size of the leak."""
    counts: Counter[tuple[str, str, bool]] = Counter()
    with ProcessPoolExecutor(workers) as pool:
        for looks in pool.map(_looked_at, (_lived(person) for person in households(n, seed=seed))):
            counts.update(looks)
    rules = (COACH, NO_ZERO, BASE_FLOW)
    return {rule: _score(counts, rule) for rule in rules}, {rule: _by_size(counts, rule) for rule in rules}


def _score(counts: Counter[tuple[str, str, bool]], rule: str) -> Score:
    def looks(alarm: bool, leaking: bool) -> int:
        return sum(n for (r, size, a), n in counts.items() if r == rule and a == alarm and bool(size) == leaking)

    weeks = sum(n for (r, _, _), n in counts.items() if r == rule)
    return Score(looks(True, True), looks(False, True), looks(True, False), looks(False, False), weeks)


def _by_size(counts: Counter[tuple[str, str, bool]], rule: str) -> dict[str, float]:
    return {s: counts[rule, s, True] / max(counts[rule, s, True] + counts[rule, s, False], 1) for s in SIZES}


def _looked_at(home: Lived) -> Counter[tuple[str, str, bool]]:
    """How often each rule (rule, size of the leak or "", alarm) said what, over the weeks of one household."""
    return Counter(_looks(home))


def _looks(home: Lived) -> Iterator[tuple[str, str, bool]]:
    use = next(t for t in home.tables if t.record_type.type == "water.use/1")
    start, litres = use.ints("start"), use.ints("litres") / 1000
    first = moment(int(start[0]), zone(home.tz)).replace(hour=8, minute=0)
    with PersonalStore(MemoryCloud()) as store:
        store.write(home.tables)
        for week in range(2, int((start[-1] - start[0]) // (7 * DAY)) + 1):
            now = first + timedelta(days=7 * week)
            size = _leaking(home.leaks, micros(now))
            if size is None:
                continue
            told = run(OpenDoor(store), water_coach, now=now, tz=home.tz).blocks
            yield COACH, size, any(b.kind == "alert" for b in told)
            known = start < micros(now)
            for rule, alarm in RULES.items():
                yield rule, size, alarm(start[known], litres[known], micros(now))


def _leaking(leaks: tuple[Truth, ...], now: int) -> str | None:
    """The size of what has leaked for 72 hours; "" if nothing has leaked for a day; None in between."""
    spans = [(micros(t.start), micros(t.end) if t.end else now, float(t.amount or 0)) for t in leaks]
    running = [flow for start, end, flow in spans if start <= now - 3 * DAY and end >= now]
    if running:
        return next(size for size, least in reversed(SIZES.items()) if sum(running) >= least)
    return None if any(start < now and end > now - DAY for start, end, _ in spans) else ""


def _all(start: NDArray[np.int64], litres: Floats, now: int, hours: int, above: float) -> bool:
    last = start >= now - hours * HOUR
    return bool(last.sum() >= 0.9 * hours and (litres[last] > above).all())


RULES: Mapping[str, Callable[[NDArray[np.int64], Floats, int], bool]] = {
    NO_ZERO: partial(_all, hours=72, above=0.0),
    BASE_FLOW: partial(_all, hours=24, above=19.999),
}


if __name__ == "__main__":
    found, by_size = scores(20)
    for rule, score in found.items():
        print(rule, score, round(score.precision, 3), round(score.recall, 3), by_size[rule])
