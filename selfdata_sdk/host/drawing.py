"""Charts as SVG inside a page: no scripts, no fetched parts, sharp at any width.

Across, places are percentages and nothing is scaled, so that texts keep their size at 320 pixels.
What stands for an estimate or a forecast is hatched (bars) or dashed (lines), and a gap is a dotted ground:
never told by colour alone. The styles are the page's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from markupsafe import Markup

from ..service.blocks import Chart
from .plot import Line, Mark, Plot

HEIGHT = 190
TOP = 10
AXIS = 26
MOST_BARS_BESIDE = 40
MOST_ROWS = 14

PATTERNS = Markup(
    '<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="unsure" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="hatch-ground" width="5" height="5"/><rect class="hatch" width="2.2" height="5"/></pattern>'
    '<pattern id="unsure-second" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
    '<rect class="hatch-ground" width="5" height="5"/><rect class="hatch second" width="2.2" height="5"/></pattern>'
    '<pattern id="gap" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<circle class="dot" cx="3" cy="3" r="1"/></pattern></defs></svg>'
)
"""Once in each page that shows a drawing."""


def drawing(chart: Chart, plot: Plot, name: str) -> Markup:
    """The picture of `chart`; `name` makes its ids unique in the page. It has a title and a description."""
    if lying(chart, plot):
        return _rows(plot, name)
    return Markup('<div class="plot">{}{}</div>').format(_scale(plot), _field(chart, plot, name))


def lying(chart: Chart, plot: Plot) -> bool:
    """True for a few categories whose names would not fit under standing bars."""
    return (
        chart.form in ("bars", "compare")
        and plot.categories
        and plot.slots <= MOST_ROWS
        and plot.low >= 0
        and (len([t for t in plot.ticks if not t.wide]) < plot.slots)
    )


def barred(chart: Chart, plot: Plot) -> bool:
    """True if values are drawn as bars, not as lines."""
    return chart.form == "bars" or (chart.form == "compare" and (plot.slots <= MOST_BARS_BESIDE or lying(chart, plot)))


def _y(plot: Plot, value: float) -> float:
    return round(TOP + HEIGHT * (1 - plot.height(value)), 2)


def _x(plot: Plot, slot: float) -> str:
    return f"{100 * slot / plot.slots:.3f}%"


def _scale(plot: Plot) -> Markup:
    """The value axis: a picture of its own at the left, so that it never covers a mark."""
    width = 8 + max(round(len(level.label) * 6.8) for level in plot.levels)
    texts = _joined(
        Markup('<text x="{}" y="{}" dy="0.32em" text-anchor="end">{}</text>').format(
            width - 8, _y(plot, level.value), level.label
        )
        for level in plot.levels
    )
    return Markup('<svg class="scale" width="{}" height="{}" aria-hidden="true" focusable="false">{}</svg>').format(
        width, TOP + HEIGHT + AXIS, texts
    )


def _field(chart: Chart, plot: Plot, name: str) -> Markup:
    marks = _bars(plot) if barred(chart, plot) else _lines(plot, filled=chart.form == "area")
    parts = [_grid(plot), _gaps(plot), marks, _reference(plot), _ticks(plot)]
    return _picture(name, TOP + HEIGHT + AXIS, _joined(parts))


def _picture(name: str, height: float, content: Markup) -> Markup:
    """The frame; its title and description are the heading and the summary beside it, by id."""
    return Markup(
        '<svg class="field" width="100%" height="{h}" role="img" aria-labelledby="{n}-title" aria-describedby="{n}-desc">'
        "{content}</svg>"
    ).format(h=height, n=name, content=content)


def _grid(plot: Plot) -> Markup:
    return _joined(
        Markup('<line class="{}" x1="0" x2="100%" y1="{y}" y2="{y}"/>').format(
            "base" if level.value == 0 or (i == 0 and plot.low > 0) else "grid", y=_y(plot, level.value)
        )
        for i, level in enumerate(plot.levels)
    )


def _gaps(plot: Plot) -> Markup:
    if plot.categories:
        return Markup("")
    return _joined(
        Markup('<rect class="gap" x="{}" width="{}" y="{}" height="{}"/>').format(
            _x(plot, first), _x(plot, last - first + 1), TOP, HEIGHT
        )
        for first, last in plot.gaps
    )


def _bars(plot: Plot) -> Markup:
    share = 0.7 if plot.slots <= 60 else 0.86 if plot.slots <= 200 else 1.0
    width = share / len(plot.lines)
    zero = _y(plot, min(max(0.0, plot.low), plot.high))
    drawn = []
    for i, line in enumerate(plot.lines):
        for mark in line.marks:
            y = _y(plot, mark.value)
            drawn.append(
                Markup('<rect class="{}" x="{}" width="{}" y="{}" height="{}"><title>{}</title></rect>').format(
                    _bar_class(mark, i),
                    _x(plot, mark.slot + (1 - share) / 2 + i * width),
                    _x(plot, width),
                    min(y, zero),
                    round(max(abs(zero - y), 1 if mark.value else 0), 2),
                    _told(mark),
                )
            )
    return _joined(drawn)


def _bar_class(mark: Mark, series: int) -> str:
    return "bar" + (" second" if series else "") + ("" if mark.solid else " unsure")


def _told(mark: Mark) -> str:
    return f"{mark.when}: {mark.said}"


def _lines(plot: Plot, *, filled: bool) -> Markup:
    """Lines in a frame of their own that is stretched across; strokes keep their width."""
    inner = []
    single = []
    for i, line in enumerate(plot.lines):
        second = " second" if i else ""
        for run in runs(line):
            if len(run) == 1:
                single.append(
                    Markup('<circle class="point{}" cx="{}" cy="{}" r="2.5"/>').format(
                        second, _x(plot, run[0].slot + 0.5), _y(plot, run[0].value)
                    )
                )
                continue
            if filled:
                inner.append(Markup('<path class="area{}" d="{}"/>').format(second, _area(plot, run)))
            for part, solid in _parts(run):
                unsure = "" if solid else " unsure"
                inner.append(Markup('<path class="line{}{}" d="{}"/>').format(second, unsure, _path(plot, part)))
    frame = Markup(
        '<svg x="0" y="0" width="100%" height="{h}" viewBox="0 0 {w} {h}" preserveAspectRatio="none">{c}</svg>'
    ).format(h=TOP + HEIGHT + AXIS, w=plot.slots, c=_joined(inner))
    return frame + _joined(single)


def runs(line: Line) -> list[list[Mark]]:
    """Marks that follow each other without a gap."""
    found: list[list[Mark]] = []
    for mark in line.marks:
        if found and mark.slot <= found[-1][-1].slot + 1:
            found[-1].append(mark)
        else:
            found.append([mark])
    return found


def _parts(run: Sequence[Mark]) -> list[tuple[list[Mark], bool]]:
    """A run cut where it changes between sure and unsure; a step to or from an unsure mark is unsure."""
    parts: list[tuple[list[Mark], bool]] = []
    for a, b in pairwise(run):
        solid = a.solid and b.solid
        if parts and parts[-1][1] == solid:
            parts[-1][0].append(b)
        else:
            parts.append(([a, b], solid))
    return parts


def _path(plot: Plot, marks: Sequence[Mark]) -> str:
    return "M" + "L".join(f"{m.slot + 0.5:g} {_y(plot, m.value)}" for m in marks)


def _area(plot: Plot, marks: Sequence[Mark]) -> str:
    floor = _y(plot, min(max(0.0, plot.low), plot.high))
    return f"{_path(plot, marks)}L{marks[-1].slot + 0.5:g} {floor}L{marks[0].slot + 0.5:g} {floor}Z"


def _reference(plot: Plot) -> Markup:
    if plot.reference is None:
        return Markup("")
    return Markup(
        '<line class="halo" x1="0" x2="100%" y1="{y}" y2="{y}"/><line class="reference" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
    ).format(y=_y(plot, plot.reference))


def _ticks(plot: Plot) -> Markup:
    drawn = []
    for tick in plot.ticks:
        half = len(tick.label) * 3.4 / 540
        anchor, x = ("start", 0.0) if tick.at < half else ("end", 1.0) if tick.at > 1 - half else ("middle", tick.at)
        drawn.append(
            Markup('<text class="tick{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
                " wide" if tick.wide else "", f"{100 * x:.3f}%", TOP + HEIGHT + 18, anchor, tick.label
            )
        )
    return _joined(drawn)


# Categories with long names: one row each, the name above its bar and the value at its end.

_ROW, _BAR = 44, 14


def _rows(plot: Plot, name: str) -> Markup:
    step = _ROW + (len(plot.lines) - 1) * (_BAR + 4)
    names = {mark.slot: mark.when for line in plot.lines for mark in line.marks}
    drawn = []
    for slot in range(plot.slots):
        y = slot * step
        drawn.append(Markup('<text class="name" x="0" y="{}">{}</text>').format(y + 14, names.get(slot, "")))
        for i, line in enumerate(plot.lines):
            drawn += [_row(plot, mark, i, y + 21 + i * (_BAR + 4)) for mark in line.marks if mark.slot == slot]
    return Markup('<div class="rows">{}</div>').format(_picture(name, plot.slots * step, _joined(drawn)))


def _row(plot: Plot, mark: Mark, series: int, y: float) -> Markup:
    # Three quarters of the width at most: the value stands behind the bar.
    width = max(75 * mark.value / plot.high, 0.4)
    return Markup(
        '<rect class="{}" x="0" y="{}" width="{}" height="{}"/><text class="end" x="{}" dx="7" y="{}" dy="0.34em">{}</text>'
    ).format(_bar_class(mark, series), y, f"{width:.2f}%", _BAR, f"{width:.2f}%", y + _BAR / 2, mark.said)


def scales(first: float, second: float) -> Markup:
    """Two small bars, one under the other, for a number and what it is held against. Decorative."""
    high = max(first, second)
    if min(first, second) < 0 or high <= 0:
        return Markup("")
    return Markup(
        '<svg class="scales" width="100%" height="22" aria-hidden="true" focusable="false">'
        '<rect class="bar" x="0" y="0" width="{:.1f}%" height="8" rx="2"/>'
        '<rect class="bar second" x="0" y="13" width="{:.1f}%" height="8" rx="2"/></svg>'
    ).format(100 * first / high, 100 * second / high)


def swatch(kind: str, *, bar: bool) -> Markup:
    """The sample of a legend: a mark of the classes `kind`, as a bar or as a line."""
    if bar:
        mark = Markup('<rect class="{}" x="1" y="1" width="20" height="10"/>').format(kind)
    else:
        mark = Markup('<line class="{}" x1="0" x2="22" y1="6" y2="6"/>').format(kind)
    return Markup('<svg width="22" height="12" aria-hidden="true" focusable="false">{}</svg>').format(mark)


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
