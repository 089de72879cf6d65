"""What home_energy finds of standby in generated households whose standby is known, beside the minimum of the year.

In every second household something is left on from a day of the year on, of 25 to 120 W. A home's fridge rests at times,
so that what never sleeps is what was planted, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from home_energy.clock import wall
from home_energy.curve import Curve
from home_energy.standby import Standby, standby

from selfdata_sdk.model import ElectricityUse
from selfdata_sdk.model.column import Codes
from selfdata_sdk.model.time import DAY, HOUR, micros, zone
from selfdata_sdk.testing.personas import Persona, households

SERVICE = "home_energy"
MINIMUM = "the minimum of the year"
PLANTED = (
    "standby@2025-12-05:60W",
    "standby@2026-02-10:25W",
    "standby@2026-03-12:60W",
    "standby@2026-05-20:120W",
    "standby@2026-07-08:40W",
)
NEAR = 7
"""Days within which a rise is found."""
TOWN = "lyon"


@dataclass(slots=True)
class Score:
    """`errors` in W, of what is drawn all the time at the end; the rises that were found, missed, and made up."""

    errors: list[float] = field(default_factory=list)
    found: int = 0
    missed: int = 0
    false: int = 0
    off: list[float] = field(default_factory=list)
    """By how many W the size of a rise that was found is wrong."""

    @property
    def median(self) -> float:
        return float(np.median(np.abs(self.errors)))

    @property
    def ninth(self) -> float:
        """Nine of ten are nearer."""
        return float(np.quantile(np.abs(self.errors), 0.9))

    @property
    def recall(self) -> float:
        return self.found / max(self.found + self.missed, 1)

    @property
    def precision(self) -> float:
        return self.found / max(self.found + self.false, 1)


def scores(n: int = 100) -> dict[str, Score]:
    """Of the service and of the minimum, which knows of no rises, over `n` households."""
    ours, minimum = Score(), Score()
    for person in _homes(n):
        curve, found = _seen(person)
        truth = next((t for t in person.truths if t.kind == "standby"), None)
        true = person.home.standby + float((truth and truth.amount) or 0)
        minimum.errors.append(float(curve.watts.min()) - true)
        minimum.missed += truth is not None
        if found is None:
            continue
        ours.errors.append(found.watts - true)
        if truth is None or truth.amount is None:
            ours.false += found.rise is not None
        elif found.rise is not None and _near(found.rise.on, truth.start.astimezone(zone(person.tz)).date()):
            ours.found += 1
            ours.off.append(found.rise.watts - float(truth.amount))
        else:
            ours.missed += 1
            ours.false += found.rise is not None
    return {SERVICE: ours, MINIMUM: minimum}


def _homes(n: int) -> Iterator[Persona]:
    yield from households(n - n // 2)
    for i, planted in enumerate(PLANTED):
        size = (n // 2) // len(PLANTED) + (i < (n // 2) % len(PLANTED))
        yield from households(size, seed=1 + i, plant=[planted])


def _seen(person: Persona) -> tuple[Curve, Standby | None]:
    """The load curve of the last year, and what the service says of it."""
    table = next(t for t in person.tables if t.record_type is ElectricityUse)
    last = table.ints("start") >= micros(person.now) - 365 * DAY
    quality = table.column("quality")
    assert isinstance(quality, Codes)
    start, end = table.ints("start")[last], table.ints("end")[last]
    curve = Curve(
        wall(start, person.tz),
        (end - start) / HOUR,
        table.ints("energy")[last] / 1_000_000,
        np.array([q == "measured" for q in quality.list()])[last],
    )
    return curve, standby(curve, TOWN)


def _near(on: date, truth: date) -> bool:
    return abs((on - truth).days) <= NEAR


def part(rows: Callable[[str, Mapping[str, Mapping[str, float]], int], str]) -> list[str]:
    """What stands on the page of benchmarks."""
    found = scores()
    return [
        (
            "**Standby** (`home_energy`, 100 households; in every second one something of 25 to 120 W is left on from a day of the "
            "year on), against the minimum of the year, which knows of no rises. The errors are those of what is drawn all the "
            "time at the end of the data. Rises in autumn and where electricity heats are often not told, by design."
        ),
        rows(
            "standby, W",
            {
                "median error": {name: score.median for name, score in found.items()},
                "nine of ten are nearer than": {name: score.ninth for name, score in found.items()},
            },
            1,
        ),
        rows(
            "rises",
            {
                "precision, %": {SERVICE: 100 * found[SERVICE].precision},
                "recall, %": {SERVICE: 100 * found[SERVICE].recall},
            },
            1,
        ),
    ]


if __name__ == "__main__":
    for name, score in scores().items():
        print(name, round(score.median, 1), round(score.ninth, 1), round(score.recall, 2), round(score.precision, 2))
