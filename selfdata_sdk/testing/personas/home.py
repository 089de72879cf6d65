"""Homes as they are described: who lives there, in what, with which equipment, and when they go away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...model.text import Text
from .rhythm import RhythmName
from .truth import KINDS


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a home.

    shower  when they usually wash
    bath    percent of washes that are baths
    night   percent of nights in which they get up once
    apart   percent of week-ends that they spend elsewhere
    """

    rhythm: RhythmName
    shower: Literal["morning", "evening"] = "morning"
    bath: int = 0
    night: int = 15
    apart: int = 0


@dataclass(frozen=True, slots=True)
class Holiday:
    """A time away each year: from `after` days after the start of school holidays on, for `days` days."""

    during: Literal["autumn", "christmas", "winter", "spring", "summer"]
    after: int
    days: int


@dataclass(frozen=True, slots=True)
class Flaw:
    """What goes wrong in a home or with its meters, `day` days after the start of the data; see `truth.KINDS`."""

    kind: str
    day: int
    amount: str = ""
    days: int = 0
    meter: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """A household before anything has happened.

    comes      "always": they live here. "weekends": they come at week-ends and in school holidays
    thrift     percent of usual water at each use
    standby    W that are drawn all the time
    loss       W of heating for each degree between inside and outside
    car        km driven by the first member on a day out, charged at home; 0 for no electric car
    off_peak   (start, end) of the cheaper hours in minutes after local midnight; None: one price all day
    """

    name: str
    title: Text
    story: Text
    members: tuple[Member, ...]
    dwelling: Literal["flat", "house"]
    surface: int
    built: int
    heating: Literal["electricity", "gas", "heat_pump", "district_heat"]
    hot_water: Literal["electricity", "gas", "district_heat"]
    loss: int
    cooking: Literal["electricity", "gas"] = "electricity"
    garden: int = 0
    dishwasher: bool = True
    dryer: bool = False
    car: int = 0
    off_peak: tuple[int, int] | None = None
    power: int = 6
    standby: int = 45
    thrift: int = 100
    comes: Literal["always", "weekends"] = "always"
    holidays: tuple[Holiday, ...] = ()
    flaws: tuple[Flaw, ...] = ()

    @property
    def has_gas(self) -> bool:
        return "gas" in (self.heating, self.hot_water, self.cooking)

    @property
    def quirks(self) -> frozenset[str]:
        """What is odd about its meters and deliveries, like "gap" or "meter-swap"."""
        return frozenset(f.kind for f in self.flaws if KINDS[f.kind].meter is not None)

    @property
    def meters(self) -> tuple[str, ...]:
        return ("water", "electricity", *(("gas",) if self.has_gas else ()))
