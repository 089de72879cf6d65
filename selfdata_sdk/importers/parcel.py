"""La Poste: the way of a parcel or a tracked letter, as its tracking service gives it (Suivi, version 2).

    {"returnCode": 200, "shipment": {"idShip": "6A12345678901", "product": "colissimo", "isFinal": true,
     "entryDate": "2025-03-01T08:00:00+01:00", "event": [{"code": "DI1", "label": "…", "date": "…"}]}}

One answer, or a list of them. Events go from the last to the first. A shipment that is not final goes on: it is
provisional, and has no end yet.

Source of the format: La Poste, Suivi API, version 2 (developer.laposte.fr).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from ..model import Parcel, ParcelEvent, Record, Series, Source, Text
from ..model.time import moment
from .bank import short
from .batch import Batch
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection
from .instants import instant
from .jsons import Json, items, kept, member, read_json, words
from .objects import top_keys
from .reasons import NO_TIME

TZ = "Europe/Paris"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}", re.ASCII)
_READ = frozenset({"contextData", "event", "idShip", "isFinal", "product", "timeline", "url", "urlDetail"})
_READ_AROUND = frozenset({"recipient"})

NO_NUMBER = Text(en="It has no tracking number.", fr="Il n'a pas de numéro de suivi.")
NOT_FOUND = Text(
    en="La Poste answers that it does not know this shipment.", fr="La Poste répond qu'elle ne connaît pas cet envoi."
)
NOT_AN_EVENT = Text(en="An event has no date or no label.", fr="Un événement n'a pas de date ou de libellé.")


class LaPosteTracking:
    """Shipments and their events."""

    name = "laposte-tracking"
    version = "1"
    title = Text(en="Tracking of parcels and letters (La Poste)", fr="Suivi de colis et de lettres (La Poste)")
    holder = "La Poste"
    record_types: tuple[type[Record], ...] = (Parcel,)

    def recognises(self, sample: Sample) -> bool:
        keys = top_keys(sample)
        return {"returnCode", "shipment"} <= keys or {"lang", "scope", "shipment"} <= keys

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        root = read_json(file)
        batch = Batch(source, "$[{}]" if isinstance(root, list) else "$")
        series = Series(Parcel.type, source.holder, tz=options.tz or TZ)
        for number, answer in enumerate(root if isinstance(root, list) else [root]):
            yield from _shipment(member(answer, "shipment"), number, batch, series)
        yield from batch.items()


def _shipment(shipment: Json, number: int, batch: Batch, series: Series) -> Iterator[Rejection]:
    place = batch.place.replace("{}", str(number))
    if not isinstance(shipment, dict):
        yield Rejection(place, NOT_FOUND)
        return
    if not (tracking := short(words(shipment, "idShip"))):
        yield Rejection(place, NO_NUMBER)
        return
    events: list[tuple[int, ParcelEvent]] = []
    for index, said in enumerate(items(shipment, "event")):
        at, label = instant(member(said, "date"), series.tz), short(unescape(words(said, "label")))
        if at is None or not label:
            yield Rejection(f"{place}.shipment.event[{index}]", NOT_AN_EVENT)
            continue
        code = words(said, "code") or words(said, "status")
        named = code if _CODE.fullmatch(code) else None
        events.append((at, ParcelEvent(at=moment(at), code=named, label=label)))
    events.sort(key=lambda event: event[0])
    entered = instant(member(shipment, "entryDate"), series.tz)
    times = [at for at, _ in events] + ([] if entered is None else [entered])
    if not times:
        yield Rejection(place, NO_TIME)
        return
    final = member(shipment, "isFinal") is True
    around = member(shipment, "contextData")
    batch.add(
        Parcel,
        series,
        number,
        start=min(times),
        end=max(times) if final and max(times) > min(times) else None,
        tracking=tracking,
        carrier="La Poste",
        product=short(words(shipment, "product")) or None,
        recipient=short(words(member(around, "recipient"), "name")) or None,
        final=final,
        status="final" if final else "provisional",
        events=tuple(event for _, event in events),
        ext=(kept(shipment, _READ, "laposte") or {}) | (kept(around, _READ_AROUND, "laposte") or {}) or None,
    )


IMPORTERS: tuple[Importer, ...] = (LaPosteTracking(),)
