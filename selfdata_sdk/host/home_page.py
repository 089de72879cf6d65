"""What a home holds, as one page to show and to print: every series over one time axis, its gaps and its sources.

No value of a record is on it: only when there are data, how many, of what kind and from whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any

import numpy as np
from babel.dates import format_date
from markupsafe import Markup

from ..consent.wordings import listed, lowered
from ..model import Record, Source, Table, Text
from ..model.record import DateRecord
from ..model.time import DAY, Granularity, bucket_bounds, moment, zone
from ..model.wording import wording
from ..store import PersonalStore
from ..store.store import Holding
from . import sentences
from .drawing import PATTERNS, swatch
from .lane import STEPS, Axis, Lane, Runs, axis, endless, lane
from .page import environment, style_hash, style_of
from .plot import fitting, locale

DOMAINS = {
    "water": Text(en="Water", fr="Eau"),
    "electricity": Text(en="Electricity", fr="Électricité"),
    "gas": Text(en="Gas", fr="Gaz"),
    "supply": Text(en="Supply of water and energy", fr="Fourniture d'eau et d'énergie"),
    "home": Text(en="Home", fr="Logement"),
    "bank": Text(en="Bank", fr="Banque"),
    "purchase": Text(en="Shopping", fr="Achats"),
    "bill": Text(en="Bills", fr="Factures"),
    "insurance": Text(en="Insurance", fr="Assurance"),
    "telecom": Text(en="Telephone and internet", fr="Téléphone et internet"),
    "mobility": Text(en="Travel", fr="Déplacements"),
    "post": Text(en="Post", fr="Courrier"),
    "identity": Text(en="People and papers", fr="Personnes et papiers"),
    "self": Text(en="Told to services", fr="Dit aux services"),
}
"""By the first part of a record type's name, in the order of the page."""
OTHER = Text(en="Other", fr="Autres")

WORDS = {
    "title": Text(en="What is in this home", fr="Ce qu'il y a dans ce foyer"),
    "all": Text(en="{records} records in {series} series, from {first} to {last}",
                fr="{records} enregistrements en {series} séries, du {first} au {last}"),
    "on": Text(en="As of {day}", fr="Au {day}"),
    "picture": Text(en="Over time", fr="Au fil du temps"),
    "scale": Text(en="One line for each series, all on one time axis, from {first} to {last}. A gap shorter than {step} "
                     "may not be seen here; the table below counts them all.",
                  fr="Une ligne par série, toutes sur le même axe du temps, du {first} au {last}. Un trou de moins de {step} "
                     "peut ne pas se voir ici\u00a0; le tableau ci-dessous les compte tous."),
    "table": Text(en="The same in figures", fr="La même chose en chiffres"),
    "sources": Text(en="Where it comes from", fr="D'où cela vient"),
    "private": Text(
        en="No reading, amount, name or place is on this page: only when there are data, how many, of what kind and from "
           "whom. Numbers of meters, accounts and contracts are cut to their last four signs. You can show it to others.",
        fr="Il n'y a sur cette page aucun relevé, montant, nom ou lieu\u00a0: seulement quand il y a des données, combien, "
           "de quelle sorte et de qui. Les numéros de compteur, de compte et de contrat sont réduits à leurs quatre derniers "
           "signes. Vous pouvez la montrer à d'autres."),
    "what": Text(en="What", fr="Quoi"),
    "records": Text(en="Records", fr="Enregistrements"),
    "when": Text(en="When", fr="Quand"),
    "gaps": Text(en="Gaps", fr="Trous"),
    "provisional": Text(en="Provisional", fr="Provisoires"),
    "revised": Text(en="Revised", fr="Révisés"),
    "holder": Text(en="From", fr="De"),
    "importer": Text(en="Brought in by", fr="Importé par"),
    "kinds": Text(en="Kinds of data", fr="Sortes de données"),
    "files": Text(en="Files", fr="Fichiers"),
    "last": Text(en="Last time", fr="Dernière fois"),
}  # fmt: skip
DATA = Text(en="data", fr="données")
GAP = Text(en="gap", fr="trou")
PROVISIONAL = Text(en="provisional", fr="provisoire")
REVISED = Text(en="revised since", fr="révisé depuis")
BEYOND = Text(en="goes on outside of the picture", fr="continue hors de l'image")
ONE = Text(en="{n} record", fr="{n} enregistrement")
MANY = Text(en="{n} records", fr="{n} enregistrements")
PERIOD = Text(en="{first} to {last}", fr="du {first} au {last}")
DAY_ALONE = Text(en="{first}", fr="{first}")
SINCE = Text(en="since {first}", fr="depuis le {first}")
GAPS = Text(en="{n} ({length})", fr="{n} ({length})")

_TRACK, _BAND, _MARK = 22, (4, 12), (18, 3)
"""Heights in pixels: of a lane; where its band lies (top, height); where the mark of what was revised lies."""
_AXIS: tuple[tuple[float, Granularity, str], ...] = ((45, "day", "d MMM"), (1500, "month", "MMM"), (1e9, "year", "y"))
"""Up to so many days, the axis names each of these."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What came from one holder through one importer: of which domains, and when for the last time."""

    holder: str
    importer: str
    domains: tuple[Text, ...]
    records: int
    files: int
    last: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    holding: Holding
    kind: type[Record]
    lane: Lane


def home_page(
    store: PersonalStore, language: str, now: datetime, record_type: type[Record] | None = None
) -> str | None:
    """The page in `language` (en or fr), as HTML; of one type, if given. None if there are no data."""
    holdings = [h for h in store.summary() if record_type is None or h.series.type == record_type.type]
    if not holdings:
        return None
    over = axis(holdings, store.registry, now)
    rows, tables = [], []
    for holding in holdings:
        kind = store.registry.get(holding.series.type)
        for table in store.read(kind, series=holding.series).tables:
            rows.append(_Row(holding, kind, lane(table, over)))
            tables.append(table)
    return _rendered(rows, origins(tables), over, language, now)


def _rendered(rows: Sequence[_Row], found: Sequence[Origin], over: Axis, language: str, now: datetime) -> str:
    style = style_of("page.css", "home.css")
    where = zone(max(rows, key=lambda r: r.holding.count).holding.series.tz)
    said = {
        "records": sum(r.holding.count for r in rows),
        "series": len(rows),
        "first": moment(over.start, where).date(),
        "last": moment(over.end - 1, where).date(),
        "step": sentences.length(timedelta(microseconds=(over.end - over.start) // STEPS)),
        "day": now.date(),
    }
    ticks = _ticks(over, language, where)
    html: str = environment().get_template("home.html").render(
        language=language,
        style=Markup(style),
        style_hash=style_hash(style),
        patterns=PATTERNS,
        words={name: text.fill(**said).say(language) for name, text in WORDS.items()},
        time=_time(ticks),
        domains=[(title.say(language), [_shown(r, ticks, language) for r in of]) for title, of in _domains(rows)],
        legend=[(drawn, text.say(language)) for drawn, text in _legend([r.lane for r in rows])],
        marks={
            "gaps": any(r.lane.gap_count for r in rows),
            "provisional": any(r.lane.provisional for r in rows),
            "revised": any(r.lane.revised for r in rows),
        },
        origins=[_origin(o, language, where) for o in found],
    )  # fmt: skip
    return html


def _domains(rows: Sequence[_Row]) -> list[tuple[Text, list[_Row]]]:
    order = [*DOMAINS.values(), OTHER]

    def place(row: _Row) -> int:
        return order.index(_domain(row.kind))

    return [(order[n], list(members)) for n, members in groupby(sorted(rows, key=place), key=place)]


def _domain(kind: type[Record]) -> Text:
    return DOMAINS.get(kind.type.partition(".")[0], OTHER)


def _shown(row: _Row, ticks: Sequence[_Tick], language: str) -> dict[str, Any]:
    count, of = row.holding.count, row.lane
    length = sentences.length(timedelta(microseconds=of.gap_time))
    return {
        "title": row.kind.facts.title.say(language),
        "about": [text.say(language) for text in _about(row)],
        "count": (ONE if count == 1 else MANY).fill(n=count).say(language),
        "track": _track(of, ticks),
        "cells": {
            "records": wording(count, language),
            "when": _period(row).say(language),
            "gaps": GAPS.fill(n=of.gap_count, length=length).say(language) if of.gap_count else "",
            "provisional": wording(of.provisional, language) if of.provisional else "",
            "revised": wording(of.revised, language) if of.revised else "",
            "holder": row.holding.series.holder,
        },
    }


def _about(row: _Row) -> list[Text]:
    """What tells a series from its neighbours; of what identifies, the last four signs."""
    series, kind = row.holding.series, row.kind
    found = []
    for field, part in kind.series_fields.items():
        if value := getattr(series, part):
            text = f"…{value.replace(' ', '')[-4:]}" if field in kind.facts.identifying else value
            found.append(Text(en=text, fr=text))
    every = sentences.every(series.cadence)
    return [*found, every] if every else found


def _period(row: _Row) -> Text:
    """The first and the last day."""
    first, last = _days(row.holding, row.kind)
    if endless(row.holding):
        return SINCE.fill(first=first)
    return PERIOD.fill(first=first, last=last) if first != last else DAY_ALONE.fill(first=first)


def _days(holding: Holding, kind: type[Record]) -> tuple[date, date]:
    if issubclass(kind, DateRecord):
        return holding.start.astimezone(UTC).date(), holding.end.astimezone(UTC).date()
    past = timedelta(microseconds=1) if "end" in kind.time_fields and not endless(holding) else timedelta()
    return holding.start.date(), (holding.end - past).date()


def origins(tables: Iterable[Table]) -> list[Origin]:
    """What came from whom, by holder and importer, in that order."""
    found: dict[tuple[str, str], list[tuple[Source, int, Text]]] = {}
    for table in tables:
        used = np.bincount(table.ints("source"), minlength=len(table.sources)).tolist()
        for source, records in zip(table.sources, used, strict=True):
            if records:
                part = source, records, _domain(table.record_type)
                found.setdefault((source.holder, source.importer), []).append(part)
    return [
        Origin(
            holder=holder,
            importer=importer,
            domains=tuple(d for d in (*DOMAINS.values(), OTHER) if any(d == domain for *_, domain in parts)),
            records=sum(records for _, records, _ in parts),
            files=len({source.sha256 for source, *_ in parts if source.sha256}),
            last=max(source.retrieved_at for source, *_ in parts),
        )
        for (holder, importer), parts in sorted(found.items())
    ]


def _origin(origin: Origin, language: str, where: tzinfo) -> dict[str, str]:
    return {
        "holder": origin.holder,
        "importer": origin.importer,
        "kinds": sentences.capital(listed([lowered(title) for title in origin.domains]).say(language)),
        "records": wording(origin.records, language),
        "files": wording(origin.files, language) if origin.files else "–",
        "last": wording(origin.last.astimezone(where).date(), language),
    }


# The picture. Places across are percentages, or steps in a frame that is stretched: no text is scaled.


@dataclass(frozen=True, slots=True)
class _Tick:
    at: float
    label: str
    wide: bool


def _ticks(over: Axis, language: str, where: tzinfo) -> list[_Tick]:
    """The days, months or years that begin within the axis, as many as fit; `wide` ones where there is room."""
    by, pattern = next((by, pattern) for most, by, pattern in _AXIS if over.end - over.start <= most * DAY)
    bounds = [us for us in bucket_bounds(by, str(where), over.start, over.end).tolist() if over.start <= us < over.end]
    days = {over.place(us): moment(us, where).date() for us in bounds}

    def named(at: float, pattern: str) -> tuple[float, str]:
        return at, format_date(days[at], pattern, locale=locale(language))

    # A label stands right of its line: near the right edge there is no room for it.
    longest = "MMM y" if by == "month" else pattern
    wide = [at for at, _ in fitting([named(at, longest) for at in days if at < 0.9], 540)]
    narrow = {at for at, _ in fitting([named(at, longest) for at in wide if at < 0.8], 250)}
    ticks = []
    for n, at in enumerate(wide):
        new = n == 0 or days[at].year != days[wide[n - 1]].year
        ticks.append(_Tick(*named(at, longest if new else pattern), wide=at not in narrow))
    return ticks


def _time(ticks: Sequence[_Tick]) -> Markup:
    drawn = Markup("").join(
        Markup('<text class="tick{}" x="{}" y="14" dx="3">{}</text>').format(_wide(t), _percent(t.at), t.label)
        for t in ticks
    )
    return Markup('<svg class="time" width="100%" height="20">{}{}</svg>').format(_lines(ticks, 4, 20), drawn)


def _lines(ticks: Sequence[_Tick], top: int, bottom: int) -> Markup:
    return Markup("").join(
        Markup('<line class="grid{}" x1="{x}" x2="{x}" y1="{}" y2="{}"/>').format(
            _wide(t), top, bottom, x=_percent(t.at)
        )
        for t in ticks
    )


def _wide(tick: _Tick) -> str:
    return " wide" if tick.wide else ""


def _percent(share: float) -> str:
    return f"{100 * share:.3f}%"


def _track(of: Lane, ticks: Sequence[_Tick]) -> Markup:
    """The bands of one lane. Bands stand in a stretched frame; what has a pattern stands outside, unstretched."""
    frame = Markup(
        '<svg width="100%" height="{h}" viewBox="0 0 {w} {h}" preserveAspectRatio="none">'
        '<path class="band" d="{}"/><path class="changed" d="{}"/></svg>'
    ).format(_boxes(of.held, *_BAND), _boxes(of.changed, *_MARK), w=STEPS, h=_TRACK)
    parts = [
        _lines(ticks, 0, _TRACK),
        frame,
        _rects("bar unsure", of.unsettled),
        _rects("gap lack", of.gaps),
        Markup('<path class="beyond" d="M-3 5l-6 5 6 5z"/>') if of.before else Markup(""),
        Markup('<svg class="out" x="100%"><path class="beyond" d="M3 5l6 5-6 5z"/></svg>') if of.after else Markup(""),
    ]
    return Markup('<svg class="field" width="100%" height="{}">{}</svg>').format(_TRACK, Markup("").join(parts))


def _boxes(runs: Runs, top: int, height: int) -> str:
    return "".join(f"M{first} {top}h{last - first}v{height}H{first}z" for first, last in runs)


def _rects(kind: str, runs: Runs) -> Markup:
    top, height = _BAND
    return Markup("").join(
        Markup('<rect class="{}" x="{}" width="{}" y="{}" height="{}"/>').format(
            kind, _percent(first / STEPS), _percent((last - first) / STEPS), top, height
        )
        for first, last in runs
    )


def _legend(lanes: Sequence[Lane]) -> list[tuple[Markup, Text]]:
    """What the marks mean: only those that occur."""
    entries = [
        (any(of.held for of in lanes), swatch("band", bar=True), DATA),
        (any(of.gaps for of in lanes), swatch("gap lack", bar=True), GAP),
        (any(of.unsettled for of in lanes), swatch("bar unsure", bar=True), PROVISIONAL),
        (any(of.changed for of in lanes), swatch("changed", bar=False), REVISED),
        (any(of.before or of.after for of in lanes), _ARROW, BEYOND),
    ]
    return [(drawn, text) for occurs, drawn, text in entries if occurs]


_ARROW = Markup(
    '<svg width="12" height="12" aria-hidden="true" focusable="false"><path class="beyond" d="M3 1l6 5-6 5z"/></svg>'
)
