"""A chart laid out, before it is drawn: slots in time, values, gaps, levels and labels.

Shared by the page (SVG) and the terminal. A point's slot comes from its time, so that what is missing
between two points shows as a gap even where a service leaves it out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from babel.dates import format_date, format_datetime

from ..model.text import Text
from ..service.blocks import Chart, Point
from .sentences import amount

MOST_SLOTS = 4000
SOLID = frozenset({"measured", "derived"})
"""Qualities that are drawn plain; all others are marked by a pattern."""

_LARGEST = 1e18
"""What is drawn of a value: more has no scale that a person could read."""

_HOURS = {"half_hour": 0.5, "hour": 1.0}


@dataclass(frozen=True, slots=True)
class Mark:
    """A value in slot `slot`, with its time and value as a person reads them."""

    slot: int
    value: float
    quality: str
    when: str
    said: str

    @property
    def solid(self) -> bool:
        return self.quality in SOLID


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its name ("" for the only one) and its values in slot order, without the missing ones."""

    label: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A line of the value axis. `height` is 0 at the lowest and 1 at the highest."""

    value: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label of the time axis at `at` (0 left, 1 right); `wide` ones show only where there is room."""

    at: float
    label: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of a chart: None where there is no reading."""

    when: str
    values: tuple[str | None, ...]
    quality: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart laid out for one language. `gaps` are runs of slots [first, last] without a value."""

    slots: int
    lines: tuple[Line, ...]
    gaps: tuple[tuple[int, int], ...]
    levels: tuple[Level, ...]
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    reference: float | None
    categories: bool

    @property
    def low(self) -> float:
        return self.levels[0].value

    @property
    def high(self) -> float:
        return self.levels[-1].value

    def height(self, value: float) -> float:
        """0 at the lowest level, 1 at the highest."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    @property
    def has_unsure(self) -> bool:
        return any(not m.solid for line in self.lines for m in line.marks)


def locale(language: str) -> str:
    return "fr_FR" if language == "fr" else "en_GB"


def plot(chart: Chart, language: str, tz: tzinfo) -> Plot:
    """Lay out `chart` in `language`, with moments on the clock of `tz`."""
    series = [(chart.label, chart.points)]
    if chart.second is not None:
        series.append((chart.second.label, chart.second.points))
    slots = _slots([p for _, p in series], chart.time_unit, tz)
    when = _namer(chart.time_unit, language, tz)

    def said(value: float) -> str:
        return amount(value, chart.unit, chart.places, language)

    lines = tuple(
        Line(
            label.say(language) if label else "",
            tuple(
                sorted(
                    (
                        Mark(s, p.value, p.quality, when(p), said(p.value))
                        for s, p in zip(own, points, strict=True)
                        if p.value is not None
                    ),
                    key=lambda m: m.slot,
                )
            ),
        )
        for (label, points), own in zip(series, slots, strict=True)
    )
    count = 1 + max(s for own in slots for s in own)
    reference = chart.reference.value if chart.reference else None
    values = [m.value for line in lines for m in line.marks] + ([] if reference is None else [reference])
    levels = _levels(values, chart, language)
    return Plot(
        slots=count,
        lines=lines,
        gaps=_gaps(count, {m.slot for m in lines[0].marks}),
        levels=levels,
        ticks=_ticks(chart, slots[0], count, language, tz),
        rows=_rows(series, slots, when, said),
        reference=reference,
        categories=chart.time_unit is None,
    )


def _slots(series: Sequence[Sequence[Point]], unit: str | None, tz: tzinfo) -> list[list[int]]:
    """The slot of each point of each series, from 0."""
    by_order = [list(range(len(points))) for points in series]
    if unit is None:
        return by_order
    found = [[_place(p.at, unit, tz) for p in points] for points in series]
    lows = [min(own) for own in found if own]
    highs = [max(own) for own in found if own]
    apart = len(lows) == 2 and (lows[0] > highs[1] or lows[1] > highs[0])
    # Two periods that do not meet (this year and the last) are laid one over the other.
    start = min(lows)
    placed = [[s - (min(own) if apart else start) for s in own] for own in found if own]
    placed += [[] for own in found if not own]
    crowded = any(len(set(own)) < len(own) for own in placed)
    return by_order if crowded or max(max(own, default=0) for own in placed) >= MOST_SLOTS else placed


def _local(at: date | datetime, tz: tzinfo) -> datetime:
    return at.astimezone(tz) if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=tz)


def _place(at: date | datetime | Text, unit: str, tz: tzinfo) -> int:
    assert not isinstance(at, Text)
    if unit in _HOURS:
        return math.floor(_local(at, tz).timestamp() / (3600 * _HOURS[unit]))
    day = _local(at, tz).date()
    match unit:
        case "day":
            return day.toordinal()
        case "week":
            return (day.toordinal() - 1) // 7
        case "month":
            return day.year * 12 + day.month
        case _:
            return day.year


def _namer(unit: str | None, language: str, tz: tzinfo) -> Callable[[Point], str]:
    pattern = {
        "half_hour": "EEE d MMM y HH:mm",
        "hour": "EEE d MMM y HH:mm",
        "day": "EEE d MMM y",
        "week": "d MMM y",
        "month": "MMMM y",
        "year": "y",
    }.get(unit or "", "")
    week = Text(en="week of {d}", fr="semaine du {d}").say(language)

    def name(point: Point) -> str:
        if isinstance(point.at, Text):
            return point.at.say(language)
        told: str = format_datetime(_local(point.at, tz), pattern, tzinfo=tz, locale=locale(language))
        return week.format(d=told) if unit == "week" else told

    return name


def _gaps(count: int, filled: set[int]) -> tuple[tuple[int, int], ...]:
    gaps: list[tuple[int, int]] = []
    for slot in range(count):
        if slot not in filled:
            if gaps and gaps[-1][1] == slot - 1:
                gaps[-1] = (gaps[-1][0], slot)
            else:
                gaps.append((slot, slot))
    return tuple(gaps)


def _levels(values: Sequence[float], chart: Chart, language: str) -> tuple[Level, ...]:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    low, high = (min(max(v, -_LARGEST), _LARGEST) for v in (low, high))
    # Amounts are drawn from zero; only a line of large values that hardly change is not.
    if low > 0 and not (chart.form == "line" and low > 0.7 * high):
        low = 0.0
    if high < 0:
        high = 0.0
    size = max(abs(low), abs(high))
    step = _step(max((high - low) or size or 1.0, size * 1e-6, 1e-6))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if last == first:
        last += 1
    places = max(0, -math.floor(math.log10(step) + 1e-9), 1 if 0 < step % 1 < 1 else 0)
    levels = []
    for n in range(first, last + 1):
        label = amount(n * step, chart.unit if n == last else "1", places, language)
        levels.append(Level(n * step, (n - first) / (last - first), label))
    return tuple(levels)


def _step(span: float) -> float:
    rough = span / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * m for m in (1, 2, 2.5, 5, 10) if rough <= power * m * (1 + 1e-9))


# The time axis: candidates at natural places, then as many as fit. Widths are in pixels of 12 px text,
# for a plot of the width that a phone and a wide screen leave.

_NARROW, _WIDE, _LETTER, _SPACE = 220, 540, 6.8, 12


def _ticks(chart: Chart, slots: Sequence[int], count: int, language: str, tz: tzinfo) -> tuple[Tick, ...]:
    candidates = _candidates(chart, slots, count, language, tz)
    wide = fitting(candidates, _WIDE)
    narrow = {at for at, _ in fitting(wide, _NARROW)}
    return tuple(Tick(at, label, wide=at not in narrow) for at, label in wide)


def fitting(
    candidates: Sequence[tuple[float, str]], width: float, letter: float = _LETTER, space: float = _SPACE
) -> list[tuple[float, str]]:
    """Every n-th of the candidates (place from 0 to 1, label), n the smallest for which no two touch."""
    for stride in range(1, len(candidates) + 1):
        kept = candidates[::stride]
        edges = [_edges(at, len(label) * letter, width) for at, label in kept]
        if all(a[1] + space <= b[0] for a, b in pairwise(edges)):
            return list(kept)
    return []


def _edges(at: float, length: float, width: float) -> tuple[float, float]:
    left = min(max(at * width - length / 2, 0), max(width - length, 0))
    return left, left + length


def _candidates(chart: Chart, slots: Sequence[int], count: int, language: str, tz: tzinfo) -> list[tuple[float, str]]:
    where = locale(language)

    def middle(slot: int) -> float:
        return (slot + 0.5) / count

    first = chart.points[slots.index(min(slots))].at
    if isinstance(first, Text):
        labels = [p.at.say(language) for p in chart.points if isinstance(p.at, Text)]
        return [(middle(s), label) for s, label in zip(slots, labels, strict=True)]
    times = _times(first, chart.time_unit or "day", count, tz)
    days = {"half_hour": count / 48, "hour": count / 24, "day": count, "week": 7 * count, "month": 30 * count}
    span = days.get(chart.time_unit or "", 366 * count)

    def at(wanted: Callable[[datetime, datetime | None], bool], pattern: str) -> list[tuple[float, str]]:
        return [
            (
                middle(s),
                format_date(t, pattern, locale=where)
                if "H" not in pattern
                else format_datetime(t, pattern, locale=where),
            )
            for s, t in enumerate(times)
            if wanted(t, times[s - 1] if s else None)
        ]

    if chart.time_unit == "year" or span > 1500:
        return at(lambda t, before: before is None or t.year != before.year, "y")
    if chart.time_unit == "month" or span > 75:
        months = at(lambda t, before: t.day <= 7 and (before is None or t.month != before.month), "MMM")
        starts = [t for s, t in enumerate(times) if t.day <= 7 and (not s or t.month != times[s - 1].month)]
        return [
            (x, format_date(t, "MMM y" if not i or t.month == 1 else "MMM", locale=where))
            for i, ((x, _), t) in enumerate(zip(months, starts, strict=True))
        ]
    if chart.time_unit in _HOURS:
        if span <= 2:
            return at(lambda t, _: t.minute == 0 and t.hour % 3 == 0, "HH:mm")
        return at(lambda t, before: before is None or t.date() != before.date(), "EEE d")
    if span > 21:
        return at(lambda t, _: chart.time_unit == "week" or t.weekday() == 0, "d MMM")
    return at(lambda *_: True, "EEE d")


def _times(first: date | datetime, unit: str, count: int, tz: tzinfo) -> list[datetime]:
    """The local time of each slot."""
    start = _local(first, tz)
    if unit in _HOURS:
        return [datetime.fromtimestamp(start.timestamp() + 3600 * _HOURS[unit] * n, tz) for n in range(count)]
    if unit in ("day", "week"):
        step = 7 if unit == "week" else 1
        days = [start.date() + timedelta(days=step * n) for n in range(count)]
        return [datetime(d.year, d.month, d.day) for d in days]  # noqa: DTZ001
    if unit == "month":
        months = [start.year * 12 + start.month - 1 + n for n in range(count)]
        return [datetime(m // 12, m % 12 + 1, 1) for m in months]  # noqa: DTZ001
    return [datetime(start.year + n, 1, 1) for n in range(count)]  # noqa: DTZ001


def _rows(
    series: Sequence[tuple[Text | None, Sequence[Point]]],
    slots: Sequence[Sequence[int]],
    when: Callable[[Point], str],
    said: Callable[[float], str],
) -> tuple[Row, ...]:
    """The points as a table: by slot, so that two series stand side by side."""
    by_slot: dict[int, list[Point | None]] = {}
    for i, ((_, points), own) in enumerate(zip(series, slots, strict=True)):
        for slot, point in zip(own, points, strict=True):
            by_slot.setdefault(slot, [None] * len(series))[i] = point
    rows = []
    for _, beside in sorted(by_slot.items()):
        first = next(p for p in beside if p is not None)
        values = tuple(said(p.value) if p is not None and p.value is not None else None for p in beside)
        rows.append(Row(when(first), values, first.quality if values[0] is not None else "missing"))
    return tuple(rows)
