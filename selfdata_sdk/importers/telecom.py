"""What the formats of telecom operators have in common: rows that say who, when, what and how much, by names in use.

Names are those of the pilot MesInfos and of Orange (columns of its exports, members of its JSON), and the words of
customers' pages in French and English. How much a row says depends on its unit: seconds, messages, octets; a call
without one counts seconds. A character (`c`) is an octet, and of a message a part of its length. `NULL` is nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ..errors import FileRefused
from ..model import Money, Position, Series, Source, TelecomUsage, Text
from .amounts import amount, money
from .bank import short
from .batch import Batch
from .importer import Item, Options, Rejection, Remark
from .instants import Stamp, instants, stamp
from .jsons import Json
from .numbers import scaled
from .occurrences import Occurrences
from .places import NO_PLACE, point, quantity
from .reasons import NO_NUMBER, NO_TIME

TZ = "Europe/Paris"

_NAMES: Mapping[str, tuple[str, ...]] = {
    "at": ("dt horod", "timestamp", "horodatage", "datetime", "date heure", "date et heure", "date", "date de l appel",
           "date de l operation", "time", "ts"),
    "hour": ("heure", "hour", "heure de l appel", "time"),
    "line": ("nde nu concerne", "msisdn", "subscribernumber", "caller id", "ligne", "line", "numero de ligne",
             "numero appelant", "numero de l abonne"),
    "partner": ("nde nu corresp", "partner", "correspondantnumber", "recipient id", "correspondant", "destinataire",
                "numero appele", "numero du correspondant", "numero compose", "called number", "number called"),
    "units": ("nb unite", "chipcount", "length", "units", "duration", "duree", "volume", "quantite", "duree volume",
              "duree ou volume", "unites"),
    "unit": ("co typunit", "chiptype", "typ units", "unit", "unite"),
    "kind": ("type", "desc", "txn type", "nature", "type d appel", "type de communication", "service"),
    "direction": ("direction", "sens"),
    "network": ("networktype", "net lbl", "network", "reseau"),
    "roaming": ("roaming", "itinerance"),
    "cell": ("co idcell", "cell", "cellule", "caller antenna"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "longitude"),
    "radius": ("rad", "radius"),
    "cost": ("cout", "montant", "cost", "amount", "montant ttc", "montant eur", "prix", "charge"),
}  # fmt: skip
_OF_A_USE = ("kind", "unit", "units", "partner")
"""A row that says none of these is a place only."""

_EMPTY = frozenset({"", "null", "none", "nan", "n/a", "\\n"})
_UNITS: Mapping[str, tuple[str, int]] = {
    **dict.fromkeys(("s", "sec", "secs", "seconde", "secondes", "second", "seconds"), ("duration", 10)),
    **dict.fromkeys(("mn", "min", "mins", "minute", "minutes"), ("duration", 600)),
    **dict.fromkeys(("message", "messages", "msg", "sms", "mms"), ("count", 1)),
    **{
        f"{prefix}{octet}": ("volume", 1000**power)
        for power, prefix in enumerate(("", "k", "m", "g"))
        for octet in ("o", "octet", "octets", "byte", "bytes", "b")
    },
}
"""Field and stored integers for one of each unit, by its name as `plain` writes it."""

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d\d)", re.ASCII)
_SPOKEN = re.compile(r"(?:(\d{1,5}) ?h)? ?(?:(\d{1,5}) ?mi?n?)? ?(?:(\d{1,5}) ?s(?:ec)?)?", re.ASCII)
_AMOUNT = re.compile(r"([\d\s.,]+?)\s*([A-Za-z]+)?", re.ASCII)
_MOST = 10**17
_KINDS = (
    ("mms", {"mms"}), ("sms", {"sms", "texto", "text", "message"}),
    ("data", {"data", "donnees", "internet", "gprs", "web", "wap"}),
    ("voice", {"voice", "voix", "appel", "appels", "call", "telephonie", "tel", "vocal"}),
)  # fmt: skip
_OUT = frozenset({"outgoing", "out", "sortant", "sortants", "sortante", "emis", "envoye", "envoi", "mo"})
_IN = frozenset({"incoming", "in", "entrant", "entrants", "entrante", "recu", "recus", "reception", "mt"})
_YES, _NO = frozenset({"1", "true", "yes", "oui", "o", "y"}), frozenset({"0", "false", "no", "non", "n"})

NO_UNIT = Text(en="It counts in a unit that is not known.", fr="Elle compte dans une unité inconnue.")
NO_COST = Text(en="Its cost cannot be read.", fr="Son coût est illisible.")
OTHER_LINES = Text(
    en="It is about another line than the one that you named: left out.",
    fr="Elle concerne une autre ligne que celle que vous avez nommée : laissée de côté.",
)
NO_CURRENCY = Text(
    en="The file does not say in which currency costs are: taken to be euros.",
    fr="Le fichier ne dit pas en quelle monnaie sont les coûts : pris pour des euros.",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line or object of a file: its place, and its values by field; values of other names in `ext`."""

    number: int
    said: Mapping[str, Json]
    ext: Mapping[str, object]

    def text(self, field: str) -> str:
        """A field as text; "" if it is missing or says `NULL`."""
        found = self.said.get(field)
        text = "" if found is None or isinstance(found, dict | list) else str(found).strip()
        return "" if text.casefold() in _EMPTY else text


def row(number: int, members: Mapping[str, Json], prefix: str) -> Row:
    """A row from the columns or members of a file by their names."""
    named = fields(tuple(members))
    used = set(named.values())
    ext: dict[str, object] = {
        f"{prefix}.{name[:60]}": str(value)[:500]
        for name, value in members.items()
        if name not in used and isinstance(value, str | int | Decimal) and str(value).strip().casefold() not in _EMPTY
    }
    return Row(number, {field: members[name] for field, name in named.items()}, ext)


@lru_cache(maxsize=64)
def fields(names: tuple[str, ...]) -> Mapping[str, str]:
    """Which of the names of columns or members holds each field; each name holds one."""
    left = {plain(name): name for name in names}
    found: dict[str, str] = {}
    for field, known in _NAMES.items():
        if (word := next((word for word in known if word in left), "")) != "":
            found[field] = left.pop(word)
    return found


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """Lower case, no accents, words apart by one space: `Durée/Volume` is `duree volume`."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare))


class Usages:
    """Collects the calls, messages, data and positions of the one line that the file is about.

    kind  of all of them, if the format has only one
    """

    def __init__(self, source: Source, options: Options, place: str, file_name: str, kind: str = "") -> None:
        self._batch = Batch(source, place)
        self._holder, self._about, self._tz = source.holder, options.about, options.tz or TZ
        self._name = file_name
        self._rows: list[tuple[Row, Stamp]] = []
        self._place, self._kind = place, kind
        self._costs = 0

    def add(self, row: Row) -> Iterator[Rejection]:
        when = row.text("at")
        if hour := row.text("hour"):
            when = f"{when[:10]} {hour}"
        if (at := stamp(when)) is None:
            yield self._rejected(row, NO_TIME)
        else:
            self._rows.append((row, at))

    def items(self) -> Iterator[Item]:
        """Records in the order of the file. FileRefused if it is about several lines and the person named none."""
        line, others = self._line()
        seen = Occurrences()
        for (row, _), at in zip(self._rows, instants([s for _, s in self._rows], self._tz).tolist(), strict=True):
            said = row.text("line")
            if others and not same_line(said, line):
                yield Remark("guess", OTHER_LINES, self._at(row))
                continue
            if not any(row.text(field) for field in _OF_A_USE) and not self._kind:
                yield from self._position(row, at, line)
                continue
            found = _usage(row, self._kind)
            if isinstance(found, Text):
                yield self._rejected(row, found)
                continue
            self._costs += "cost" in found
            key = (at, found["kind"], found["direction"], found.get("partner"))
            series = Series(TelecomUsage.type, self._holder, line, tz=self._tz)
            self._batch.add(TelecomUsage, series, row.number, at=at, occurrence=seen.number(*key), **found)
            if row.text("lat") or row.text("lon"):
                yield from self._position(row, at, line)
        yield from self._batch.items()
        if self._costs:
            yield Remark("guess", NO_CURRENCY)

    def _position(self, row: Row, at: int, line: str) -> Iterator[Rejection]:
        """Where the antenna or the telephone was."""
        if (place := point(row.text("lat"), row.text("lon"))) is None:
            yield self._rejected(row, NO_PLACE)
            return
        series = Series(Position.type, self._holder, line.lstrip("+*"), tz=self._tz)
        self._batch.add(
            Position,
            series,
            row.number,
            at=at,
            lat=place[0],
            lon=place[1],
            accuracy=quantity(row.text("radius") or None, 1),
            quality="estimated",
        )

    def _line(self) -> tuple[str, bool]:
        """(the line that the records are about, whether the file has others)."""
        lines = list(dict.fromkeys(said for row, _ in self._rows if (said := row.text("line"))))
        if len(lines) < 2:
            return self._about or line_of(lines[0] if lines else ""), False
        if not self._about:
            raise FileRefused(
                f"It is about {len(lines)} telephone numbers.", where=self._name, next="Name yours: --about NUMBER."
            )
        if not any(same_line(said, self._about) for said in lines):
            raise FileRefused(
                "It says nothing about the number that you named.",
                where=self._name,
                next="Check the number after --about.",
            )
        return self._about, True

    def _rejected(self, row: Row, reason: Text) -> Rejection:
        return Rejection(self._at(row), reason)

    def _at(self, row: Row) -> str:
        return self._place.replace("{}", str(row.number))


def same_line(one: str, other: str) -> bool:
    """True if two numbers are of one line: `+33 6 12 34 56 78` and `0612345678`."""
    a, b = (re.sub(r"\D", "", text) for text in (one, other))
    return a[-9:] == b[-9:] if min(len(a), len(b)) >= 9 else one.strip() == other.strip()


def line_of(text: str) -> str:
    """A line's number as records hold it."""
    return " ".join(re.sub(r"[^A-Za-z0-9+*._-]+", " ", text).split()).lstrip("._-")[:64]


def _usage(row: Row, kind: str) -> dict[str, object] | Text:
    """The fields of a use, of `kind` if all are; why there is none, if so."""
    words = plain(row.text("kind")).split()
    kind = kind or next((kind for kind, known in _KINDS if known & set(words)), "")
    try:
        measured = _measured(row.text("units"), row.text("unit"), kind)
    except ValueError:
        return NO_NUMBER
    if measured is None:
        return NO_UNIT
    try:
        cost = _cost(row.text("cost"))
    except ValueError:
        return NO_COST
    directed = plain(row.text("direction")).split() or words
    if not kind:
        kind = {"duration": "voice", "count": "sms", "volume": "data"}.get(next(iter(measured), ""), "other")
    found: dict[str, object] = {
        "kind": kind,
        "direction": next(
            (way for word in directed for way, known in (("out", _OUT), ("in", _IN)) if word in known), "none"
        ),
        "partner": short(row.text("partner")) or None,
        "network": short(row.text("network")) or None,
        "roaming": _truth(row.text("roaming")),
        "cell": short(row.text("cell")) or None,
        "ext": {**row.ext, **({"telecom.kind": kind_said} if (kind_said := row.text("kind")) else {})} or None,
        **measured,
    }
    return found if cost is None else {**found, "cost": cost}


def _measured(text: str, unit: str, kind: str) -> dict[str, int] | None:
    """How much, in stored integers, by field; empty if the row does not say. None if its unit is not known.

    A duration may be `1:02:03`, `2:03` (minutes and seconds) or `2 min 3 s`. ValueError if it is no number.
    """
    message = kind in ("sms", "mms")
    if not text:
        return {"count": 1} if message else {}
    text = re.sub(r"\s+", " ", text)
    if clock := _CLOCK.fullmatch(text) or _SPOKEN.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return {"duration": (hours * 3600 + minutes * 60 + seconds) * 10}
    if (found := _AMOUNT.fullmatch(text)) is None:
        raise ValueError("is no amount")
    number, word = int(scaled(found[1], 6) or 0), found[2] or unit
    if word == "c" and message:
        return {"count": 1}
    word = {"c": "o", "M": "message", "": "s" if kind == "voice" else "message" if message else ""}.get(word, word)
    field, each = _UNITS.get(plain(word), ("", 0))
    value = number * each // 10**6
    if value > _MOST:
        raise ValueError("is too large")
    return {field: value} if field else None


def _cost(text: str) -> Money | None:
    found = amount(text)
    return None if found is None else money(found, "EUR")


def _truth(text: str) -> bool | None:
    folded = text.casefold()
    return True if folded in _YES else False if folded in _NO else None
