"""vCard 2.1, 3 and 4: address books of telephones and mail programs.

Read tolerantly, as programs write it: folded lines, quoted-printable with its own line breaks and character sets (2.1),
escapes (3, 4), parameters with and without names, groups (`item1.TEL`), cards in cards. Pictures, sounds and keys are
left out; what else has no field goes to `ext`.

A card without a `UID` gets one from its name and its first e-mail address or number, so that it is known again in the
next export. A card without `REV` does not say when it was true: it is placed on 1 January 1970.

Sources of the format: vCard 2.1 (versit consortium, 1996), RFC 2426, RFC 6350.
"""

from __future__ import annotations

import codecs
import hashlib
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from ..errors import FileRefused
from ..model import Contact, ContactPoint, Record, Series, Source, Text
from .bank import days, short
from .batch import Batch
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection, Remark

TZ = "Europe/Paris"
MAX_VCARD = 64_000_000
UNDATED = date(1970, 1, 1)

_PROPERTY = re.compile(r"(?:[\w-]+\.)?([A-Za-z][\w-]*)((?:;[^:;\"]*(?:\"[^\"]*\"[^:;\"]*)*)*):(.*)", re.DOTALL)
_PARAMETER = re.compile(r";([^;\"]*(?:\"[^\"]*\"[^;\"]*)*)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?", re.ASCII)
_POINTS = {"TEL": "phone", "EMAIL": "email", "ADR": "address", "URL": "url", "IMPP": "messenger", "X-SKYPE": "messenger",
           "X-JABBER": "messenger", "X-AIM": "messenger", "X-ICQ": "messenger", "X-MSN": "messenger",
           "X-YAHOO": "messenger"}  # fmt: skip
_USES = (("mobile", {"CELL", "MOBILE"}), ("work", {"WORK"}), ("home", {"HOME"}))
_NAMED = frozenset(
    {"VERSION", "UID", "REV", "FN", "N", "NICKNAME", "ORG", "TITLE", "ROLE", "CATEGORIES", "NOTE", "PRODID"}
)
_LEFT_OUT = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "AGENT"})
_ENCODED = frozenset({"BASE64", "B"})

NO_NAME = Text(en="The card names nobody.", fr="La fiche ne nomme personne.")
NO_PROPERTY = Text(en="It is no line of a card.", fr="Ce n'est pas une ligne d'une fiche.")
OUTSIDE = Text(en="It stands outside of a card.", fr="Elle est en dehors d'une fiche.")
UNFINISHED = Text(en="The card has no end.", fr="La fiche n'a pas de fin.")
NO_DATE = Text(
    en="Cards that do not say when they were last changed are placed on 1 January 1970.",
    fr="Les fiches qui ne disent pas quand elles ont été modifiées sont placées au 1er janvier 1970.",
)


@dataclass(frozen=True, slots=True)
class _Property:
    """One line of a card: its name, its parameters' values in capitals, and its value as it is written."""

    name: str
    parameters: frozenset[str]
    value: str

    @property
    def text(self) -> str:
        return _unescaped(self.value)

    def parts(self, delimiter: str = ";") -> list[str]:
        """The value cut at `delimiter`, where it is not escaped."""
        return [short(_unescaped(p)) for p in re.split(rf"(?<!\\){delimiter}", self.value)]


@dataclass(slots=True)
class _Card:
    line: int
    properties: list[_Property] = field(default_factory=list)

    def first(self, *names: str) -> str:
        """The text of the first property of a name, as records hold it; "" if there is none."""
        found = (short(p.text) for name in names for p in self.properties if p.name == name)
        return next((text for text in found if text), "")

    def parts(self, name: str) -> list[str]:
        """The parts of a property, empty ones too; none if there is no such property."""
        return next((p.parts() for p in self.properties if p.name == name), [])


class VCard:
    """Contacts."""

    name = "vcard"
    version = "1"
    title = Text(en="Contacts (vCard)", fr="Contacts (vCard)")
    holder = "Address book"
    record_types: tuple[type[Record], ...] = (Contact,)

    def recognises(self, sample: Sample) -> bool:
        return sample.text.lstrip()[:12].rstrip().upper().startswith("BEGIN:VCARD")

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        batch = Batch(source, "line {}")
        series = Series(Contact.type, source.holder, tz=options.tz or TZ)
        for item in _cards(file):
            if isinstance(item, Rejection):
                yield item
            elif not (name := _name(item)):
                yield Rejection(f"line {item.line}", NO_NAME)
            else:
                on = _date(item.first("REV"))
                if on is None:
                    yield Remark("guess", NO_DATE, f"line {item.line}")
                _add(item, name, on or UNDATED, batch, series)
        yield from batch.items()


def _cards(file: File) -> Iterator[_Card | Rejection]:
    """Cards in order; a card inside another one belongs to it and is left out."""
    card: _Card | None = None
    depth, stray = 0, False
    for number, line in _unfolded(file):
        found = _property(line)
        starts = found is not None and (found.name, found.value.strip().upper()) == ("BEGIN", "VCARD")
        if card is None and not starts:
            if not stray:  # one for all lines up to the next card
                yield Rejection(f"line {number}", OUTSIDE)
            stray = True
        elif found is None:
            yield Rejection(f"line {number}", NO_PROPERTY)
        elif starts and card and card.properties and card.properties[-1].name == "AGENT":
            depth += 1
        elif starts:
            if card:
                yield Rejection(f"line {card.line}", UNFINISHED)
            card, depth, stray = _Card(number), 0, False
        elif card and found.name == "END":
            if not depth:
                yield card
                card = None
            depth = max(0, depth - 1)
        elif card and not depth:
            card.properties.append(found)
    if card:
        raise FileRefused(
            f"The file stops in the middle of the card of line {card.line}.", where=file.name, next="Download it again."
        )


def _unfolded(file: File) -> Iterator[tuple[int, str]]:
    """(number of its first line, line) with what is folded put together; blank lines are left out.

    Put together as bytes: some programs fold in the middle of a letter.
    """
    if file.size > MAX_VCARD:
        raise FileRefused("It is an address book of more than 64 MB.", where=file.name, next="Export fewer contacts.")
    with file.open() as stream:
        data = stream.read()
    if file.sample.encoding == "utf-16":
        data = data.decode("utf-16", "replace").encode()
    parts: list[bytes] = []
    first, quoted = 0, False
    for number, raw in enumerate(re.split(rb"\r\n|\r|\n", data.removeprefix(codecs.BOM_UTF8)), 1):
        if quoted and parts[-1].endswith(b"="):
            parts[-1] = parts[-1][:-1]
            parts.append(raw)
        elif raw[:1] in (b" ", b"\t") and parts:
            parts.append(raw[1:])
        else:
            if parts:
                yield first, _decoded(b"".join(parts), "utf-8")
            parts, first = [raw] if raw.strip() else [], number
            quoted = bool(parts) and b"QUOTED-PRINTABLE" in raw.upper()
    if parts:
        yield first, _decoded(b"".join(parts), "utf-8")


def _property(line: str) -> _Property | None:
    found = _PROPERTY.fullmatch(line)
    if found is None:
        return None
    words: set[str] = set()
    charset = "utf-8"
    for parameter in _PARAMETER.findall(found[2]):
        name, _, value = parameter.rpartition("=")
        words.update(w.strip(' "').upper() for w in value.split(","))
        if name.strip().upper() == "CHARSET":
            charset = value.strip()
    value = found[3]
    if "QUOTED-PRINTABLE" in words:
        value = _decoded(quopri.decodestring(value.encode("ascii", "replace")), charset)
    return _Property(found[1].upper(), frozenset(words), value)


def _decoded(data: bytes, charset: str) -> str:
    for name in (charset, "utf-8"):
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def _name(card: _Card) -> str:
    family, given = (*card.parts("N"), "", "")[:2]
    named = " ".join(p for p in (given, family) if p)
    return card.first("FN") or named or _organisation(card) or card.first("NICKNAME", "EMAIL")


def _organisation(card: _Card) -> str:
    return short(", ".join(p for p in card.parts("ORG") if p))


def _add(card: _Card, name: str, on: date, batch: Batch, series: Series) -> None:
    points = tuple(_points(card.properties))
    family, given, middle = (*card.parts("N"), "", "", "")[:3]
    born = _date(card.first("BDAY"))
    batch.add(
        Contact,
        series,
        card.line,
        on=days(on),
        uid=card.first("UID") or _uid(name, points),
        name=name,
        given_name=" ".join(p for p in (given, middle) if p) or None,
        family_name=family or None,
        nickname=card.first("NICKNAME") or None,
        organisation=_organisation(card) or None,
        role=card.first("TITLE", "ROLE") or None,
        born=None if born is None else days(born),
        categories=card.first("CATEGORIES") or None,
        note=card.first("NOTE") or None,
        points=points,
        ext=_ext(card, born) or None,
    )


def _points(properties: Iterable[_Property]) -> Iterator[ContactPoint]:
    for found in properties:
        if (kind := _POINTS.get(found.name)) is None:
            continue
        value = short(", ".join(p for p in found.parts() if p)) if kind == "address" else short(found.text)
        value = re.sub(r"^(?:tel|mailto):\s*", "", value, flags=re.IGNORECASE)
        if value:
            use = next((use for use, words in _USES if words & found.parameters), None)
            yield ContactPoint.model_construct(kind=kind, use=use, value=value)


def _uid(name: str, points: Iterable[ContactPoint]) -> str:
    """The same for a card in every export that names the same first address or number."""
    reached = {p.kind: p.value for p in reversed(tuple(points))}
    said = "\n".join((name, reached.get("email") or reached.get("phone") or ""))
    return f"card-{hashlib.sha256(said.casefold().encode()).hexdigest()[:32]}"


def _ext(card: _Card, born: date | None) -> dict[str, object]:
    """What has no field, by name; the first value of each."""
    kept: dict[str, object] = {}
    for found in reversed(card.properties):
        named = found.name in _NAMED or found.name in _POINTS or (found.name == "BDAY" and born is not None)
        if (
            not named
            and found.name not in _LEFT_OUT
            and not found.parameters & _ENCODED
            and (text := short(found.text))
        ):
            kept[f"vcard.{found.name.lower()[:60]}"] = text
    return kept


def _date(text: str) -> date | None:
    """`1985-04-12`, `19850412` or either with a time; None if it is no whole date."""
    if (found := _DATE.fullmatch(text)) is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


IMPORTERS: tuple[Importer, ...] = (VCard(),)
