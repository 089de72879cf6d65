"""A Green Button feed as it is written: what its entries say and how they refer to each other."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from .espi_codes import QUALITIES, RAW, WORST_FIRST
from .file import File
from .xml import child_of, local, text_of, walk

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Kind = TypeVar("Kind")

ABSENT = -(2**63)
_WHOLE = frozenset({"UsagePoint", "LocalTimeParameters", "MeterReading", "ReadingType", "IntervalReading", "interval"})
_INTEGER = re.compile(r"[+-]?\d{1,18}")
ROWS = ("start", "duration", "value", "cost", "quality", "raw", "tou")


@dataclass(slots=True)
class Entry:
    """An Atom entry's links: its own address, that of the collection it is in, and those it refers to."""

    own: str = ""
    up: str = ""
    related: list[str] = field(default_factory=list)

    def holds(self, inner: Entry) -> bool:
        """True if `inner` is in a collection of this entry."""
        if inner.up and (inner.up in self.related or inner.up.rpartition("/")[0] == self.own):
            return True
        return bool(self.own) and inner.own.startswith(self.own + "/")

    @property
    def key(self) -> str:
        """The last part of its address."""
        return self.own.rstrip("/").rpartition("/")[2]


@dataclass(slots=True)
class Meant:
    """A ReadingType: numbers by name, `ABSENT` if not stated."""

    entry: Entry
    numbers: dict[str, int]

    def get(self, name: str, default: int = 0) -> int:
        return self.numbers.get(name, default)


@dataclass(slots=True)
class Meter:
    """A MeterReading."""

    entry: Entry


@dataclass(slots=True)
class Point:
    """A UsagePoint and the kind of its service."""

    entry: Entry
    service: int = ABSENT


@dataclass(slots=True)
class Block:
    """The readings of an IntervalBlock, column by column; times and durations in seconds, `ABSENT` if not stated.

    first    number of the first reading in the file, from 1
    faulty   numbers of readings whose value or time is no number
    """

    entry: Entry
    first: int
    start: int = ABSENT
    columns: dict[str, array[int]] = field(default_factory=lambda: {name: array("q") for name in ROWS})
    numbers: array[int] = field(default_factory=lambda: array("q"))
    faulty: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Feed:
    """All that a file says that is read here. `zones`: (offset, summer-time shift) of each LocalTimeParameters."""

    points: list[Point] = field(default_factory=list)
    meters: list[Meter] = field(default_factory=list)
    types: list[Meant] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    zones: list[tuple[int, int]] = field(default_factory=list)

    def meter_of(self, block: Block) -> Meter | None:
        return _only([m for m in self.meters if m.entry.holds(block.entry)], self.meters)

    def type_of(self, meter: Meter | None) -> Meant | None:
        related = meter.entry.related if meter is not None else []
        return _only([t for t in self.types if t.entry.own and t.entry.own in related], self.types)

    def point_of(self, meter: Meter | None) -> Point | None:
        return _only([p for p in self.points if meter is not None and p.entry.holds(meter.entry)], self.points)


def _only(found: list[Kind], all_of_them: list[Kind]) -> Kind | None:
    """The one found; if links lead nowhere, the only one there is."""
    if found:
        return found[0]
    return all_of_them[0] if len(all_of_them) == 1 else None


def feed(file: File) -> Feed:
    """Read a file; rows stay as arrays, so that years of readings fit."""
    found = Feed()
    entry = Entry()
    block: Block | None = None
    count = 0
    for starts, name, element in walk(file, _WHOLE):
        match starts, name:
            case True, "entry":
                entry = Entry()
            case True, "IntervalBlock":
                block = Block(entry, count + 1)
                found.blocks.append(block)
            case False, "link":
                _link(entry, element)
            case False, "interval" if block is not None:
                block.start = number(text_of(element, "start"))
            case False, "IntervalReading" if block is not None:
                count += 1
                _reading(block, element, count)
            case False, "IntervalBlock":
                block = None
            case False, "UsagePoint":
                service = child_of(element, "ServiceCategory")
                found.points.append(Point(entry, ABSENT if service is None else number(text_of(service, "kind"))))
            case False, "MeterReading":
                found.meters.append(Meter(entry))
            case False, "ReadingType":
                found.types.append(Meant(entry, dict(_numbers(element))))
            case False, "LocalTimeParameters":
                shift = number(text_of(element, "dstOffset"))
                found.zones.append((number(text_of(element, "tzOffset")), max(shift, 0)))
            case _:
                pass
    return found


def number(text: str) -> int:
    """The integer in `text`, `ABSENT` if there is none."""
    return int(text) if _INTEGER.fullmatch(text) else ABSENT


def _link(entry: Entry, element: Element) -> None:
    address = element.get("href", "").rstrip("/")
    match element.get("rel"):
        case "self":
            entry.own = address
        case "up":
            entry.up = address
        case "related":
            entry.related.append(address)
        case _:
            pass


def _numbers(element: Element) -> Iterator[tuple[str, int]]:
    for child in element:
        if (value := number((child.text or "").strip())) != ABSENT:
            yield local(child.tag), value


def _reading(block: Block, element: Element, count: int) -> None:
    row = dict.fromkeys(ROWS, ABSENT)
    qualities: list[str] = []
    for child in element:
        name = local(child.tag)
        match name:
            case "timePeriod":
                row["start"] = number(text_of(child, "start"))
                row["duration"] = number(text_of(child, "duration"))
            case "value" | "cost" | "tou":
                row[name] = number((child.text or "").strip())
            case "ReadingQuality":
                code = number(text_of(child, "quality"))
                qualities.append(QUALITIES.get(code, "questionable"))
                row["raw"] = int(code == RAW)
            case _:
                pass
    if row["value"] == ABSENT:
        block.faulty.append(count)
        return
    if qualities:
        row["quality"] = min(WORST_FIRST.index(q) for q in qualities)
    block.numbers.append(count)
    for name in ROWS:
        block.columns[name].append(row[name])
