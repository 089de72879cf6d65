"""Dials: what they show, and what follows from it by the SDK's own rules of meters."""

from __future__ import annotations

import numpy as np
import pytest

from selfdata_sdk.importers.meters import steps
from selfdata_sdk.importers.water import HOME
from selfdata_sdk.model import Table
from selfdata_sdk.testing.personas import Persona, persona
from selfdata_sdk.testing.personas.meter import Meter

TOTAL = np.arange(0, 1000, 5, dtype=np.int64)


def meter(**changes: object) -> Meter:
    usual = {"devices": ("A",), "total": TOTAL, "first": (100,), "swaps": (), "limit": 10_000, "gaps": ()}
    return Meter(**{**usual, **changes})  # type: ignore[arg-type]


def at(*minutes: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(minutes, np.int64)


def test_a_dial_runs_on_from_what_it_showed_first() -> None:
    assert meter().index(at(0, 1, 60)).tolist() == [100, 105, 400]
    assert meter().used(at(0, 1, 60))[0].tolist() == [5, 295]


def test_a_dial_begins_again_at_its_limit() -> None:
    rolling = meter(first=(9_990,))
    assert rolling.index(at(1, 2, 3)).tolist() == [9_995, 0, 5]
    assert rolling.used(at(1, 2, 3))[0].tolist() == [5, 5]


def test_a_new_device_counts_from_its_own_start() -> None:
    two = meter(devices=("A", "B"), first=(100, 0), swaps=(30,))
    assert two.device(at(29, 30)).tolist() == [0, 1]
    assert two.index(at(29, 30, 31)).tolist() == [245, 0, 5]
    assert two.last(0) == 250
    assert two.used(at(20, 29, 40, 50))[1].tolist() == [True, False, True]


def test_nothing_is_read_inside_a_gap() -> None:
    silent = meter(gaps=((20, 40),))
    assert silent.read(at(19, 20, 21, 39, 40)).tolist() == [True, True, False, False, True]
    assert silent.used(at(10, 20, 30, 40, 50))[1].tolist() == [True, False, False, True]


def test_an_estimate_is_even_and_right_in_the_end() -> None:
    uneven = meter(total=np.array([0, 0, 0, 90, 100, 100, 130], np.int64))
    guessed = uneven.estimated(((0, 5),))
    assert guessed.index(at(0, 1, 2, 3, 4, 5, 6)).tolist() == [100, 120, 140, 160, 180, 200, 230]


@pytest.mark.parametrize(
    ("name", "plant"),
    [("second_home", []), ("family_garden", []), ("single_flat", ["meter-swap@2026-05-05:water"])],
)
def test_the_rules_of_importers_find_the_same_uses_in_the_readings(name: str, plant: list[str]) -> None:
    """Through a rollover, a replacement and gaps; what they add is the time of a gap as one long use."""
    p = persona(name, plant=plant)
    readings, uses = (_table(p, t) for t in ("water.reading/1", "water.use/1"))
    found = steps(readings.ints("at"), readings.ints("litres"), HOME)
    hours = {
        (int(readings.ints("at")[a]), int(readings.ints("at")[b])): int(amount)
        for a, b, amount in zip(found.first, found.last, found.amount, strict=True)
    }
    mine = dict(
        zip(
            zip(uses.ints("start").tolist(), uses.ints("end").tolist(), strict=True),
            uses.ints("litres").tolist(),
            strict=True,
        )
    )
    assert mine.items() <= hours.items()
    assert all(end - start > 3_600_000_000 for start, end in hours.keys() - mine.keys())
    assert len(found.replaced) == len([t for t in p.truths if t.kind == "meter-swap"])
    assert len(found.rolled) == len([t for t in p.truths if t.kind == "rollover"])
    assert not len(found.foreign)


def _table(p: Persona, record_type: str) -> Table:
    (found,) = [t for t in p.tables if t.series.type == record_type]
    return found
