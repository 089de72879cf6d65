"""Charts in the terminal: blocks of eighths, or plain letters where the encoding has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from rich.text import Text

from ..host.plot import Line, Plot, fitting

HEIGHT = 8
MOST_ROWS = 14


@dataclass(frozen=True, slots=True)
class Letters:
    """What a chart is drawn with; `steps` are fillings of a cell from below, the last one full."""

    steps: str
    unsure: str
    gap: str
    rule: str
    bar: str


BLOCKS = Letters(" ▁▂▃▄▅▆▇█", "▒", "·", "─", "█")
PLAIN = Letters(" ....####", ":", "_", "-", "#")
MARKS = ("cyan", "yellow")


def chart(plot: Plot, width: int, letters: Letters = BLOCKS) -> list[Text]:
    """The chart of `plot` as lines of at most `width` columns: one picture per series, on one scale."""
    if plot.categories and plot.slots <= MOST_ROWS and plot.low >= 0:
        return _rows(plot, width, letters)
    lines: list[Text] = []
    for i, line in enumerate(plot.lines):
        if len(plot.lines) > 1 and line.label:
            lines.append(Text(line.label, style=f"bold {MARKS[i]}"))
        lines += _standing(plot, line, width, letters, MARKS[i])
    return lines


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of the picture: how high, from 0 to 1; None in a gap."""

    height: float | None
    solid: bool = True


def _standing(plot: Plot, line: Line, width: int, letters: Letters, style: str) -> list[Text]:
    labels = _labels(plot)
    margin = max(len(label) for label in labels.values()) + 1
    cells = columns(plot, line, max(width - margin, 8))
    rule = None if plot.reference is None else HEIGHT - 1 - min(int(plot.height(plot.reference) * HEIGHT), HEIGHT - 1)
    lines = []
    for row in range(HEIGHT):
        text = Text(labels.get(row, "").rjust(margin - 1) + " ", style="dim")
        drawn = (_drawn(cell, row, letters, rule, style) for cell in cells)
        for look, run in groupby(drawn, key=itemgetter(1)):
            text.append("".join(letter for letter, _ in run), style=look)
        text.rstrip()
        lines.append(text)
    lines.append(Text(" " * margin + _axis(plot, len(cells)), style="dim"))
    return lines


def _drawn(cell: Cell, row: int, letters: Letters, rule: int | None, style: str) -> tuple[str, str]:
    """The letter of a cell in a row, and its style."""
    letter = _letter(cell, row, letters)
    if letter == " ":
        return (letters.rule, "magenta") if row == rule else (" ", "")
    return letter, style if cell.height is not None and cell.solid else "dim"


def _labels(plot: Plot) -> dict[int, str]:
    """Labels of levels by row: the top, the bottom and what fits between."""
    labels: dict[int, str] = {}
    for level in (plot.levels[-1], plot.levels[0], *plot.levels[1:-1]):
        row = HEIGHT - 1 - min(int(level.height * HEIGHT), HEIGHT - 1)
        if row not in labels and (level.height in (0, 1) or not {row - 1, row + 1} & labels.keys()):
            labels[row] = level.label
    return labels


def columns(plot: Plot, line: Line, room: int) -> list[Cell]:
    """The cells of a series in `room` columns: wide bars where there are few, means where there are many."""
    by_slot = {m.slot: m for m in line.marks}
    if plot.slots > room:
        cells = []
        for c in range(room):
            inside = range(c * plot.slots // room, max((c + 1) * plot.slots // room, c * plot.slots // room + 1))
            marks = [by_slot[s] for s in inside if s in by_slot]
            mean = sum(m.value for m in marks) / len(marks) if marks else None
            cells.append(Cell(None if mean is None else plot.height(mean), all(m.solid for m in marks)))
        return cells
    each = min(room // plot.slots, 8)
    space = 1 if each > 2 else 0
    cells = []
    for slot in range(plot.slots):
        mark = by_slot.get(slot)
        cells += [Cell(plot.height(mark.value), mark.solid) if mark else Cell(None)] * (each - space)
        cells += [Cell(0.0)] * space
    return cells


def _letter(cell: Cell, row: int, letters: Letters) -> str:
    bottom = row == HEIGHT - 1
    if cell.height is None:
        return letters.gap if bottom else " "
    filled = round(cell.height * HEIGHT * 8) - 8 * (HEIGHT - 1 - row)
    if cell.height > 0 and bottom:
        filled = max(filled, 1)
    if filled <= 0:
        return " "
    if not cell.solid:
        return letters.unsure if filled >= 4 or bottom else " "
    return letters.steps[min(filled, 8)]


def _axis(plot: Plot, width: int) -> str:
    axis = [" "] * width
    ticks = [(t.at, t.label) for t in plot.ticks]
    for at, label in fitting(ticks, width, letter=1, space=2):
        start = round(min(max(at * width - len(label) / 2, 0), max(width - len(label), 0)))
        axis[start : start + len(label)] = label
    return "".join(axis).rstrip()


def _rows(plot: Plot, width: int, letters: Letters) -> list[Text]:
    """One line per category: name, bar, value."""
    marks = [(m.slot, i, m) for i, line in enumerate(plot.lines) for m in line.marks]
    names = max(len(m.when) for *_, m in marks) if marks else 0
    names = min(names, max(width // 3, 8))
    said = max((len(m.said) for *_, m in marks), default=0)
    room = max(width - names - said - 2, 4)
    lines = []
    for _, i, mark in sorted(marks, key=lambda found: found[:2]):
        name = mark.when if i == 0 else ""
        cut = name if len(name) <= names else name[: names - 3] + "..."
        text = Text(cut.ljust(names) + " ")
        letter = letters.bar if mark.solid else letters.unsure
        text.append(letter * max(round(plot.height(mark.value) * room), 1 if mark.value else 0), style=MARKS[i])
        text.append(f" {mark.said}")
        lines.append(text)
    return lines


def legend(plot: Plot, letters: Letters, unsure: str, missing: str, reference: str) -> Sequence[Text]:
    """What the letters mean: only those that occur."""
    said = []
    if plot.has_unsure:
        said.append(Text(f"{letters.unsure} {unsure}", style="dim"))
    if plot.gaps and not plot.categories:
        said.append(Text(f"{letters.gap} {missing}", style="dim"))
    if reference and not (plot.categories and plot.slots <= MOST_ROWS):
        said.append(Text(f"{letters.rule} {reference}", style="magenta"))
    elif reference:
        said.append(Text(reference, style="magenta"))
    return said
