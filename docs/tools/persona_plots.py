"""The plots of the personas as SVG: small, readable on light and dark grounds, and the same bytes on any machine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from html import escape

from selfdata_sdk.model.time import Int64s, day_bounds
from selfdata_sdk.testing.personas import Persona, Truth
from selfdata_sdk.testing.personas.reference import reference

from .persona_figures import by_day, by_hour, personas, population

MONDAY = date(2026, 6, 1)
"""Of the week that is drawn: all are at home for some of it, and a garden drinks."""

ENDS = {
    "bath_and_shower": "Bath and shower",
    "toilet": "Toilet",
    "laundry": "Laundry",
    "dishes": "Dishes",
    "cooking": "Cooking",
    "car_and_garden": "Car and garden",
    "other": "Other",
    "drinking": "Drinking",
}
"""The end uses of water as they are published."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

STYLE = """
svg { --ground: #fff; --ink: #1b2530; --soft: #54606d; --rule: #dfdbd2; --mark: #1d6fa5; --second: #7a6a53;
  --away: #f3e6cf; --leak: #b3231b; font: 13px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { svg { --ground: #192029; --ink: #e9eef3; --soft: #a7b3c0; --rule: #2f3a46;
  --mark: #5db2e8; --second: #b9a27d; --away: #3a3322; --leak: #ff938a; } }
text { fill: var(--soft); } .name { fill: var(--ink); font-weight: 600; }
.ground { fill: var(--ground); } .rule { stroke: var(--rule); fill: none; } .base { stroke: var(--soft); fill: none; }
.bars { stroke: var(--mark); stroke-width: 2; fill: none; } .mark { fill: var(--mark); } .second { fill: var(--second); }
.away { fill: var(--away); } .leak { fill: var(--leak); } .gap { fill: url(#gap); } .dot { fill: var(--soft); }
"""
DOTS = (
    '<defs><pattern id="gap" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<circle class="dot" cx="2.5" cy="2.5" r="0.9"/></pattern></defs>'
)


def week_plot() -> str:
    """A week of water of each persona, by hour: two beside each other."""
    start = int(day_bounds("Europe/Paris", MONDAY, MONDAY)[0])
    parts = []
    for i, household in enumerate(personas()):
        left, top = 44 + i % 2 * 400, 18 + i // 2 * 118
        used = by_hour(household, start, 168)
        parts.append(_text(left, top + 6, household.name, "name"))
        parts.append(f'<rect class="away" x="{left + 240}" y="{top + 16}" width="96" height="64"/>')
        parts.append(_level(left, 336, top + 80, 64, used, 1000, "L"))
        parts.append(_bars(used, left, top + 80, 64))
        for day, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
            parts.append(_text(left + day * 48 + 24, top + 96, name, anchor="middle"))
    return _svg(800, 18 + 4 * 118, "Litres of water in each hour of a week, for each persona", parts)


def year_plot() -> str:
    """The water of each persona, day by day, with what really happened."""
    foot = 44 + len(personas()) * 86
    parts = [_legend(), _months(personas()[0], 44, 44, foot)]
    for i, household in enumerate(personas()):
        top = 44 + i * 86
        used = by_day(household, "water.use/1")
        parts.append(_text(44, top + 8, household.name, "name"))
        parts += [_truth(t, household, 44, top + 70, 52) for t in household.truths if t.meter in ("", "water")]
        parts.append(_level(44, 800, top + 70, 52, used, 1000, "L"))
        parts.append(_bars(used, 44, top + 70, 52))
    return _svg(856, foot + 24, "Litres of water on each of 400 days, for each persona", parts)


def together_plot() -> str:
    """One persona's water, electricity and gas, day by day."""
    household = next(p for p in personas() if p.name == "holiday_family")
    foot = 44 + 3 * 96
    parts = [
        f'<rect class="away" x="44" y="12" width="14" height="12"/>{_text(64, 23, "nobody at home")}',
        _months(household, 44, 44, foot),
    ]
    rows = (("water.use/1", "Water", 1000, "L"), ("electricity.use/1", "Electricity", 10**6, "kWh"),
            ("gas.use/1", "Gas", 10**4, "m³"))  # fmt: skip
    for i, (record_type, name, unit, symbol) in enumerate(rows):
        top = 44 + i * 96
        used = by_day(household, record_type)
        parts.append(_text(44, top + 8, name, "name"))
        parts += [_truth(t, household, 44, top + 80, 62) for t in household.truths if t.kind == "absence"]
        parts.append(_level(44, 800, top + 80, 62, used, unit, symbol))
        parts.append(_bars(used, 44, top + 80, 62))
    return _svg(856, foot + 24, "Water, electricity and gas of holiday_family on each of 400 days", parts)


def split_plot() -> str:
    """Where the water goes, beside what is published."""
    parts = [
        f'<rect class="mark" x="170" y="12" width="14" height="10"/>{_text(190, 22, "varied personas")}',
        f'<rect class="second" x="330" y="12" width="14" height="10"/>{_text(350, 22, "published")}',
    ]
    found, published = population().split, reference("water")["split"]
    for i, (end, name) in enumerate(ENDS.items()):
        top = 40 + i * 38
        parts.append(_text(158, top + 17, name, "name", anchor="end"))
        for kind, percent, y in (("mark", found[end], top), ("second", published[end], top + 14)):
            parts.append(f'<rect class="{kind}" x="170" y="{y}" width="{percent * 14}" height="12"/>')
            parts.append(_text(178 + percent * 14, y + 10, f"{percent}%"))
    return _svg(800, 40 + len(ENDS) * 38, "Where the water goes, in percent by end use", parts)


def _svg(width: int, height: int, title: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<!-- Written by docs/generate.py from the code. -->\n<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">\n<title>{escape(title)}</title>\n'
        f'<style>{STYLE}</style>\n{DOTS}\n<rect class="ground" width="{width}" height="{height}" rx="8"/>\n{body}\n</svg>\n'
    )


def _text(x: int, y: int, text: str, kind: str = "", anchor: str = "") -> str:
    more = (f' class="{kind}"' if kind else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x}" y="{y}"{more}>{escape(text)}</text>'


def _bars(values: Int64s, left: int, floor: int, height: int) -> str:
    """A bar of two units' width for each value, the highest as high as the panel."""
    most = max(int(values.max()), 1)
    tall = [(2 * int(v) * height + most) // (2 * most) for v in values]
    path = "".join(f"M{left + 2 * i + 1} {floor}v-{h}" for i, h in enumerate(tall) if h)
    return f'<path class="bars" d="{path}"/>'


def _level(left: int, width: int, floor: int, height: int, values: Int64s, unit: int, symbol: str) -> str:
    """The floor, and a line at a round number of units with its label."""
    most = max(int(values.max()), 1)
    level = max([0, *(n * 10**k for k in range(6) for n in (1, 2, 5) if n * 10**k * unit <= most)])
    y = floor - (2 * level * unit * height + most) // (2 * most)
    return (
        f'<path class="rule" d="M{left} {y}h{width}"/><path class="base" d="M{left} {floor}.5h{width}"/>'
        f"{_text(left - 4, y + 4, f'{level:,}', anchor='end')}{_text(left - 4, floor, symbol, anchor='end')}"
    )


def _truth(truth: Truth, household: Persona, left: int, floor: int, height: int) -> str:
    """What happened, on the days when it did."""
    first = household.calendar.days.first
    start = (truth.start.date() - first).days
    end = household.calendar.n if truth.end is None else min((truth.end.date() - first).days, household.calendar.n)
    x, width = left + 2 * start, 2 * max(end - start, 1)
    match truth.kind:
        case "absence" | "gap":
            kind = "away" if truth.kind == "absence" else "gap"
            return f'<rect class="{kind}" x="{x}" y="{floor - height}" width="{width}" height="{height}"/>'
        case "leak" | "running-toilet":
            return f'<rect class="leak" x="{x}" y="{floor + 2}" width="{width}" height="4"/>'
        case "revision":
            return f'<rect class="second" x="{x}" y="{floor + 2}" width="{width}" height="4"/>'
        case _:
            return f'<path class="second" d="M{x + 1} {floor - height}l-5-8h10z"/>'


def _legend() -> str:
    """What the marks of the year mean."""
    return "".join(
        (
            f'<rect class="away" x="44" y="12" width="14" height="12"/>{_text(64, 23, "nobody at home")}',
            f'<rect class="leak" x="184" y="18" width="20" height="4"/>{_text(210, 23, "water leaks")}',
            f'<rect class="gap" x="306" y="12" width="16" height="12"/>{_text(328, 23, "not read")}',
            f'<rect class="second" x="406" y="18" width="20" height="4"/>{_text(432, 23, "first estimated")}',
            f'<path class="second" d="M554 22l-5-8h10z"/>{_text(566, 23, "meter replaced, or its dial at 0 again")}',
        )
    )


def _months(household: Persona, left: int, top: int, foot: int) -> str:
    """A line at the start of each month, and its name."""
    first, n = household.calendar.days.first, household.calendar.n
    days = [first + timedelta(days=i) for i in range(n)]
    return "".join(_month(left + 2 * i, day, top, foot) for i, day in enumerate(days) if day.day == 1)


def _month(x: int, day: date, top: int, foot: int) -> str:
    name = MONTHS[day.month - 1] + (f" {day.year}" if day.month == 1 else "")
    return f'<path class="rule" d="M{x} {top}V{foot}"/>{_text(x + 3, foot + 14, name)}'
