"""A mapping to begin with, for a table that no importer knows: what the words of its header look like, in en and fr."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..model import REGISTRY
from ..model.record import DateRecord, InstantRecord
from .cells import Cells
from .delimited import split
from .file import Sample
from .mapping_columns import clock
from .units import named

_LAYOUTS = (
    "iso", "DD/MM/YYYY hh:mm:ss", "DD/MM/YYYY hh:mm", "DD/MM/YYYY", "DD/MM/YY hh:mm", "DD/MM/YY", "DD-MM-YYYY hh:mm",
    "DD-MM-YYYY", "DD.MM.YYYY hh:mm", "DD.MM.YYYY", "YYYY/MM/DD hh:mm", "YYYY/MM/DD", "MM/YYYY", "YYYY-MM",
    "milliseconds", "seconds",
)  # fmt: skip
_TIMES = ("date", "horodate", "datetime", "timestamp", "time", "jour", "day", "mois", "month", "heure", "debut", "start",
          "begin", "quand", "when")  # fmt: skip
_ENDS = ("fin", "end", "stop")
_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A record type whose field `first` tells it, by the words of columns for each field; units if none is written."""

    record: str
    first: str
    words: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str]


_PATTERNS = (
    _Pattern("bank.transaction", "amount", {
        "amount": ("montant", "amount", "credit"), "label": ("libelle", "label", "description", "operation", "text"),
        "category": ("categorie", "category"), "reference": ("reference",), "note": ("note", "commentaire", "comment"),
        "counterparty": ("tiers", "beneficiaire", "payee", "counterparty"),
    }, {}),
    _Pattern("mobility.position", "lat", {
        "lat": ("lat", "latitude"), "lon": ("lon", "lng", "long", "longitude"), "accuracy": ("accuracy", "precision"),
        "altitude": ("altitude", "ele", "elevation"), "speed": ("vitesse", "speed"), "course": ("cap", "course", "heading"),
    }, {"lat": "deg", "lon": "deg", "accuracy": "m", "altitude": "m", "speed": "m/s", "course": "deg"}),
    _Pattern("water.use", "litres", {"litres": ("eau", "water", "litres", "litre", "l", "m3")}, {"litres": "L"}),
    _Pattern("electricity.use", "energy", {
        "energy": ("kwh", "wh", "energie", "energy", "electricite", "electricity", "w", "kw", "puissance", "power"),
    }, {"energy": "kW.h"}),
    _Pattern("gas.use", "energy", {
        "energy": ("gaz", "gas", "energie", "kwh"), "volume": ("volume", "m3"),
    }, {"energy": "kW.h", "volume": "m3"}),
)  # fmt: skip
_USES = {"consommation", "conso", "consumption", "usage", "use", "valeur", "value", "quantite", "quantity"}


def suggest(sample: Sample) -> str:
    """The TOML of a mapping that the person can edit; "" if the sample is no table with a header and a time."""
    if sample.is_zip or sample.is_xml or sample.is_html or sample.is_json or b"\0" in sample.data[:1000]:
        return ""
    for number, line in enumerate(sample.lines[:_LOOKED_AT], 1):
        for delimiter in (";", "\t", ","):
            header = split(line, delimiter)
            rows = [r for r in (split(x, delimiter) for x in sample.lines[number : number + _LOOKED_AT]) if any(r)]
            rows = [r for r in rows if len(r) >= len(header)]
            if len(header) > 1 and all(header[:2]) and rows and (found := _time(header, rows)):
                return _written(delimiter, number, header, rows, *found)
    return ""


def _time(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[int, str] | None:
    """The column of the time and its layout: a column called so first, then any."""
    order = sorted(range(len(header)), key=lambda i: (not any(w in _TIMES for w in _plain(header[i])), i))
    for place in order:
        cells = Cells.of([row[place] for row in rows if row[place]])
        for layout in _LAYOUTS:
            if layout in ("seconds", "milliseconds") and not all(len(t) in (10, 13) for t in cells.texts()):
                continue
            if len(cells) and not clock(cells, layout).bad.any():
                return place, layout
    return None


def _written(
    delimiter: str, number: int, header: Sequence[str], rows: Sequence[Sequence[str]], time: int, layout: str
) -> str:
    pattern, places = _best(header, time)
    record_type = REGISTRY.get(pattern.record)
    if issubclass(record_type, DateRecord):
        stamp = "date"
    else:
        stamp = "instant" if issubclass(record_type, InstantRecord) else "start"
    lines = [
        f'record = "{pattern.record}"    # `selfdata schema` lists the others',
        'tz = "Europe/Paris"',
        *(['about = "?"    # the account\'s number'] if pattern.record == "bank.transaction" else []),
        "",
        "[csv]",
        f"delimiter = {_quoted(delimiter)}",
        *([f"header = {number}"] if number > 1 else []),
        "",
        "[time]",
        f"column = {_quoted(header[time])}",
        f"format = {_quoted(layout)}",
        f"stamp = {_quoted(stamp)}" + ('    # or "end", if it is the end of the interval' if stamp == "start" else ""),
    ]
    if stamp == "start":
        end = next((i for i, h in enumerate(header) if set(_plain(h)) & set(_ENDS)), None)
        step = "P1M" if "hh" not in layout and "DD" not in layout and layout != "iso" else "P1D"
        if end is not None:
            lines.append(f"end = {_quoted(header[end])}")
        elif "hh" not in layout and not (layout == "iso" and any(len(r[time]) > 10 for r in rows)):
            lines.append(f'step = "{step}"    # how long each interval is')
    for name, place in places.items():
        lines += ["", f"[fields.{name}]", f"column = {_quoted(header[place])}", *_unit(pattern, name, header[place])]
        if pattern.record == "bank.transaction" and name == "amount" and (minus := _debit(header)) is not None:
            lines.append(f"minus = {_quoted(header[minus])}")
    rest = [h for i, h in enumerate(header) if h and i != time and i not in places.values()]
    if rest:
        lines.insert(lines.index(""), f"keep = [{', '.join(map(_quoted, rest))}]    # kept beside, without a field")
    return "\n".join(lines) + "\n"


def _best(header: Sequence[str], time: int) -> tuple[_Pattern, dict[str, int]]:
    """The pattern with the most columns, and which column each field is."""
    found = [(pattern, dict(_places(pattern, header, time))) for pattern in _PATTERNS]
    best = max(found, key=lambda f: (f[0].first in f[1], len(f[1])))
    if best[1]:
        return best
    # No word tells: the first other column, as water, to be edited.
    value = next((i for i, h in enumerate(header) if set(_plain(h)) & _USES), 1 if time == 0 else 0)
    return _PATTERNS[2], {"litres": value}


def _places(pattern: _Pattern, header: Sequence[str], time: int) -> Iterator[tuple[str, int]]:
    taken = {time}
    for name, words in pattern.words.items():
        for place, head in enumerate(header):
            if place not in taken and set(_plain(head)) & set(words):
                taken.add(place)
                yield name, place
                break


def _debit(header: Sequence[str]) -> int | None:
    return next((i for i, h in enumerate(header) if "debit" in _plain(h)), None)


def _unit(pattern: _Pattern, name: str, head: str) -> list[str]:
    """The unit line of a field, from the words of its column where they name one."""
    if name not in pattern.units:
        return []
    said = next((named(w) for w in re.findall(r"[A-Za-z³°/%0-9]+", head) if named(w) != w or w in ("L", "W", "m3")), "")
    if said:
        return [f'unit = "{said}"']
    return [f'unit = "{pattern.units[name]}"    # check this: the file does not say']


def _plain(text: str) -> list[str]:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[a-z0-9]+", bare)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'
