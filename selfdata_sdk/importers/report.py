"""What an import did: per file what came in, what did not and why, and what the person should know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from pydantic import JsonValue

from ..errors import SelfDataError
from ..model import Series, Text
from ..model.text import LANGUAGES, clean
from ..model.time import zone
from .importer import Rejection, Remark

LIMIT = 1_000
"""Rejections and gaps that a report lists for a file; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Span:
    """[start, end), in the zone of its series."""

    start: datetime
    end: datetime

    def to_json(self) -> JsonValue:
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """One series of a file: how many records it has there, from when to when, and the first gaps between them."""

    series: Series
    title: Text
    count: int
    start: datetime
    end: datetime
    gaps: tuple[Span, ...] = ()
    gap_count: int = 0
    gap_time: timedelta = timedelta(0)
    dated: bool = False
    """True for records of days, which have no time of day."""

    @property
    def first(self) -> datetime | date:
        return self._told(self.start)

    @property
    def last(self) -> datetime | date:
        return self._told(self.end)

    def _told(self, moment: datetime) -> datetime | date:
        return moment.astimezone(UTC).date() if self.dated else moment.astimezone(zone(self.series.tz))

    def to_json(self) -> JsonValue:
        return {
            "type": self.series.type,
            "title": _both(self.title),
            "holder": self.series.holder,
            "about": self.series.about,
            "register": self.series.register,
            "cadence": self.series.cadence,
            "tz": self.series.tz,
            "count": self.count,
            "start": (self.first if self.dated else self.start).isoformat(),
            "end": (self.last if self.dated else self.end).isoformat(),
            "gaps": [g.to_json() for g in self.gaps],
            "gap_count": self.gap_count,
            "gap_seconds": int(self.gap_time.total_seconds()),
        }


@dataclass(slots=True)
class FileReport:
    """One file. If `refused` is set, nothing of it was kept."""

    name: str
    format: str = ""
    title: Text | None = None
    holder: str = ""
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    rejected: int = 0
    remarks: list[Remark] = field(default_factory=list)
    series: list[SeriesReport] = field(default_factory=list)
    refused: SelfDataError | None = None

    @property
    def records(self) -> int:
        """Records that the store now holds as the file says them."""
        return self.created + self.updated + self.unchanged

    @property
    def gap_count(self) -> int:
        return sum(s.gap_count for s in self.series) + sum(r.count for r in self.remarks if r.kind == "gap")

    @property
    def disagreements(self) -> tuple[Remark, ...]:
        return tuple(r for r in self.remarks if r.kind == "disagreement")

    @property
    def guesses(self) -> tuple[Remark, ...]:
        return tuple(r for r in self.remarks if r.kind == "guess")

    def sentences(self) -> Iterator[Text]:
        """What the file gave, in the order in which a person wants to know."""
        name = self.name
        if self.refused is not None:
            en, fr = (" ".join(self.refused.sentences(language)).rstrip() for language in LANGUAGES)
            yield Text(en=f"{name} was not imported. {en}", fr=f"{name} n'a pas été importé. {fr}")
            return
        assert self.title is not None
        yield Text(
            en="{name}: {title}. {created} new, {updated} changed, {unchanged} already there.",
            fr="{name} : {title}. {created} nouveaux, {updated} modifiés, {unchanged} déjà présents.",
        ).fill(name=name, title=self.title, created=self.created, updated=self.updated, unchanged=self.unchanged)
        for part in self.series:
            yield from _series(part)
        yield from _rejections(self)
        for remark in self.remarks:
            yield _remark(remark)

    def to_json(self) -> JsonValue:
        return {
            "name": self.name,
            "format": self.format,
            "title": None if self.title is None else _both(self.title),
            "holder": self.holder,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "rejections": [{"locator": r.locator, "reason": _both(r.reason)} for r in self.rejections],
            "gap_count": self.gap_count,
            "gaps": [_note(r) for r in self.remarks if r.kind == "gap"],
            "disagreements": [_note(r) for r in self.disagreements],
            "guesses": [_note(r) for r in self.guesses],
            "series": [s.to_json() for s in self.series],
            "refused": None if self.refused is None else _refusal(self.refused),
        }


def _refusal(error: SelfDataError) -> JsonValue:
    (what, step), (what_fr, step_fr) = error.sentences("en"), error.sentences("fr")
    return {"where": error.where, "what": {"en": what, "fr": what_fr}, "next": {"en": step, "fr": step_fr}}


@dataclass(frozen=True, slots=True)
class Report:
    """What one call of `import_files` did; `retrieved_at` is the instant that all its records carry."""

    retrieved_at: datetime
    files: tuple[FileReport, ...]
    faults: tuple[SelfDataError, ...] = ()
    """Plugins that were left out."""

    @property
    def created(self) -> int:
        return sum(f.created for f in self.files)

    @property
    def updated(self) -> int:
        return sum(f.updated for f in self.files)

    @property
    def unchanged(self) -> int:
        return sum(f.unchanged for f in self.files)

    @property
    def rejected(self) -> int:
        return sum(f.rejected for f in self.files)

    @property
    def refused(self) -> tuple[FileReport, ...]:
        return tuple(f for f in self.files if f.refused is not None)

    @property
    def good(self) -> bool:
        """True if something good came in, were it known already."""
        return any(f.records for f in self.files)

    def sentences(self) -> Iterator[Text]:
        for file in self.files:
            yield from file.sentences()
        for fault in self.faults:
            yield Text(en=f"Left out: {fault}", fr=f"Mis de côté : {fault}")

    def to_json(self) -> JsonValue:
        return {
            "retrieved_at": self.retrieved_at.isoformat(),
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "files": [f.to_json() for f in self.files],
            "faults": [str(f) for f in self.faults],
        }


def _both(text: Text) -> JsonValue:
    return {"en": text.en, "fr": text.fr}


def _note(remark: Remark) -> JsonValue:
    return {"text": _both(remark.text), "locator": remark.locator, "count": remark.count}


def _series(part: SeriesReport) -> Iterator[Text]:
    form = Text(
        en="{title}: {count} records from {start} to {end}.",
        fr="{title} : {count} enregistrements du {start} au {end}.",
    )
    if part.count == 1 and part.start == part.end:
        form = Text(en="{title}: 1 record, {start}.", fr="{title} : 1 enregistrement, {start}.")
    yield form.fill(title=part.title, count=part.count, start=part.first, end=part.last)
    if not part.gap_count:
        return
    first = part.gaps[0]
    many = part.gap_count > 1
    yield Text(
        en="{title}: {count} gaps, the first from {start} to {end}."
        if many
        else "{title}: nothing from {start} to {end}.",
        fr="{title} : {count} trous, le premier du {start} au {end}."
        if many
        else "{title} : rien du {start} au {end}.",
    ).fill(title=part.title, count=part.gap_count, start=first.start, end=first.end)


def _rejections(file: FileReport) -> Iterator[Text]:
    for rejection in file.rejections[:3]:
        form = Text(en="Not kept ({place}): {reason}", fr="Non retenu ({place}) : {reason}")
        yield form.fill(place=placed(rejection.locator), reason=rejection.reason)
    if file.rejected > 3:
        yield Text(en="And {n} more not kept.", fr="Et {n} autres non retenus.").fill(n=file.rejected - 3)


def _remark(remark: Remark) -> Text:
    if not remark.locator:
        return remark.text
    if remark.count == 1:
        form = Text(en="{text} ({place})", fr="{text} ({place})")
    else:
        form = Text(en="{text} ({n} times, first at {place})", fr="{text} ({n} fois, d'abord : {place})")
    return form.fill(text=remark.text, place=placed(remark.locator), n=remark.count)


_PLACES_FR = {"line": "ligne", "row": "ligne", "entry": "entrée", "sheet": "feuille", "column": "colonne"}


def placed(locator: str) -> Text:
    """A locator as a person reads it: `line 7` is `ligne 7` in French; a path stays as it is."""
    words = clean(locator)[:200] or "?"
    return Text(en=words, fr=re.sub(r"[a-z]+", lambda m: _PLACES_FR.get(m[0], m[0]), words) if " " in words else words)
