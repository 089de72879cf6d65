"""JSON of telecom operators: calls, places and videos, as Orange handed them out in the pilot MesInfos.

| members                                                                     | record         |
|-----------------------------------------------------------------------------|----------------|
| time, msisdn, partner, units, typ_units, desc, net_lbl, loc `[lon, lat]`    | a use          |
| timestamp, subscriberNumber, correspondantNumber, chipCount, chipType, type | a use          |
| ts, msisdn, loc, rad                                                        | a position     |
| ts, cont_title, cont_type, price, action, line_id                           | a media order  |

One object or a list. `SMS_C` beside an `SMS` of the same moment is the length of that message. A video that is looked
at again has a price again: it is kept in `ext`, so that an order counts once.

Sources of the formats: the doctypes of the pilot MesInfos (Fing, 2013 and 2016) and the connectors that filled them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model import MediaOrder, Position, Record, Series, Source, TelecomUsage, Text
from .amounts import amount, money
from .bank import short
from .batch import Batch
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection, Remark
from .instants import instant
from .jsons import Json, kept, member, read_json, words
from .objects import first, top_keys
from .reasons import NO_TIME
from .telecom import NO_COST, NO_CURRENCY, TZ, Usages, plain, row

_SHAPES = (
    ("use", {"typ_units", "partner"}), ("use", {"chipType", "partner"}), ("use", {"chipType", "correspondantNumber"}),
    ("video", {"cont_title"}), ("video", {"content", "clientId"}),
    ("place", {"msisdn", "loc", "rad"}), ("place", {"msisdn", "latitude", "longitude", "radius"}),
)  # fmt: skip
_TITLES = (("title", "title"), ("subtitle", "subTitle"))
_READ = frozenset({"cont_title", "ts", "timestamp"})
_FILMS = (("film", {"film", "movie", "cinema"}), ("series", {"serie", "series", "episode"}))

NO_TITLE = Text(en="It has no title.", fr="Elle n'a pas de titre.")
OTHER_SHAPE = Text(
    en="It is no call, message, place or video as this operator writes them.",
    fr="Ce n'est pas un appel, un message, un lieu ou une vidéo comme cet opérateur les écrit.",
)
AN_ERROR = Text(en="The operator gives an error in its place.", fr="L'opérateur donne une erreur à la place.")


class TelecomJson:
    """Uses and places of one line, and media orders."""

    name = "telecom-json"
    version = "1"
    title = Text(en="Calls, places and videos (Orange, JSON)", fr="Appels, lieux et vidéos (Orange, JSON)")
    holder = "Orange"
    record_types: tuple[type[Record], ...] = (TelecomUsage, Position, MediaOrder)

    def recognises(self, sample: Sample) -> bool:
        keys = top_keys(sample)
        return "_id" not in keys and _shape(keys) != ""

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        root = read_json(file)
        rows = root if isinstance(root, list) else [root]
        template = "$[{}]" if isinstance(root, list) else "$"
        usages = Usages(source, options, template, file.name)
        videos = Videos(source, options, template)
        lengths = {member(r, "ts"): member(r, "units") for r in rows if words(r, "desc").startswith("SMS_C")}
        texts = {member(r, "ts") for r in rows if words(r, "desc").startswith("SMS ")}
        for number, said in enumerate(rows):
            place = template.replace("{}", str(number))
            shape = _shape(frozenset(said)) if isinstance(said, dict) else ""
            if not isinstance(said, dict) or (not shape and "err" not in said):
                yield Rejection(place, OTHER_SHAPE)
            elif member(said, "err"):
                yield Rejection(place, AN_ERROR)
            elif shape == "video":
                yield from videos.add(number, place, said)
            elif member(said, "ts") in texts and words(said, "desc").startswith("SMS_C"):
                continue  # told with its message
            else:
                length = lengths.get(member(said, "ts")) if words(said, "desc").startswith("SMS ") else None
                yield from usages.add(row(number, _placed(said) | {"characters": length}, "orange"))
        yield from usages.items()
        yield from videos.items()


class Videos:
    """Collects media orders and viewings."""

    def __init__(self, source: Source, options: Options, place: str) -> None:
        self._batch = Batch(source, place)
        self._series = Series(MediaOrder.type, source.holder, tz=options.tz or TZ)
        self._prices = 0

    def add(self, number: int, place: str, said: Json) -> Iterator[Rejection]:
        content = member(said, "content")
        title = [short(words(said, f"cont_{name}") or words(content, other)) for name, other in _TITLES]
        at = instant(first(said, "ts", "timestamp"), self._series.tz)
        try:
            cost = amount(str(found)) if (found := member(said, "price")) is not None else None
        except ValueError:
            yield Rejection(place, NO_COST)
            return
        if at is None or not title[0]:
            yield Rejection(place, NO_TIME if at is None else NO_TITLE)
            return
        kind = plain(words(said, "cont_type") or words(content, "type")).split()
        viewed = words(said, "action").startswith("visu")
        self._prices += cost is not None and not viewed
        self._batch.add(
            MediaOrder,
            self._series,
            number,
            at=at,
            title=short(" – ".join(t for t in title if t)),
            kind=next((word for word, known in _FILMS if known & set(kind)), None),
            price=None if cost is None or viewed else money(cost, "EUR"),
            ext=kept(said, _READ if viewed else _READ | {"price"}, "orange"),
        )

    def items(self) -> Iterator[Item]:
        yield from self._batch.items()
        if self._prices:
            yield Remark("guess", NO_CURRENCY)


def _shape(keys: frozenset[str]) -> str:
    """What an object with these members is; "" if it is none of an operator's."""
    return next((shape for shape, members in _SHAPES if members <= keys), "")


def _placed(said: Mapping[str, Json]) -> dict[str, Json]:
    """The members of an object, with those of `loc` by their names."""
    loc = said.get("loc")
    if not isinstance(loc, list) or len(loc) != 2:
        return dict(said)
    return {name: value for name, value in said.items() if name != "loc"} | {"longitude": loc[0], "latitude": loc[1]}


IMPORTERS: tuple[Importer, ...] = (TelecomJson(),)
