"""Contracts and claims of an insurer in the MesInfos pilot (MAIF), as JSON.

    [{"contrat": [{"societaire": "1234567", "name": "VAM", "formuleBase": "VAM Assistance panne 0km",
                   "startDate": "2013-04-12T00:00:00", "montantTarifTtc": 312,
                   "objects": {"vehicule": [{"immatriculationVehicule": "AA-123-XD"}], "lieu": [{"address": {…}}]}}]},
     {"sinistre": [{"type": "Vehicule", "societaire": "1234567", "timestamp": "2015-07-20T19:00", "ref": "…",
                    "lieuSurvenance": "LYON 06", "immatriculationVehicule": "AA-123-XD"}]}]

Contracts and claims may stand by themselves, without `contrat` or `sinistre`, and all of them under `MesInfos`
(`contract`, `insuranceClaim`). `societaire` is the member's number, which all of a member's contracts share: the name of
the product is added to it.

Source of the format: documents `fr.maif.maifuser.*` of the pilot (jacquarg/mesinfos-dev, data).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import InsuranceClaim, InsuranceContract, Insured, Money, Record, Series, Source, Text
from .amounts import money, stated
from .bank import TZ, midnight, short
from .batch import Batch
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection
from .instants import instant
from .jsons import Json, items, kept, member, read_json, words
from .moments import day
from .objects import top_keys
from .reasons import NO_TIME

INSURER = "MAIF"

NOT_A_DOCUMENT = Text(en="It is no contract and no claim.", fr="Ce n'est ni un contrat, ni un sinistre.")
NO_NUMBER = Text(en="It has no number.", fr="Il n'a pas de numéro.")
NO_REFERENCE = Text(en="It has no reference.", fr="Il n'a pas de référence.")
NO_PREMIUM = Text(
    en="The premium of a contract cannot be read: the contract is kept without it.",
    fr="La cotisation d'un contrat est illisible : le contrat est gardé sans elle.",
)

_CONTRACT = frozenset({"societaire", "name", "formuleBase", "startDate", "endDate", "montantTarifTtc", "objects"})
_CLAIM = frozenset({"societaire", "timestamp", "horodatage", "ref", "lieuSurvenance"})
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}", re.ASCII)
_WRAPPED = {"contrat": True, "contract": True, "sinistre": False, "insuranceClaim": False}
"""Members that hold contracts (True) or claims."""
_CAUSES = (
    ("accident", re.compile(r"accident|collision", re.I)),
    ("theft", re.compile(r"\bvol\b|cambriolage", re.I)),
    ("fire", re.compile(r"incendie", re.I)),
    ("water_damage", re.compile(r"dégâts? des eaux|degats? des eaux|fuite", re.I)),
    ("glass", re.compile(r"bris de glace", re.I)),
    ("storm", re.compile(r"tempête|tempete|grêle|grele", re.I)),
)


class MaifContracts:
    """Contracts, each with what it insures, and claims."""

    name = "mesinfos-maif"
    version = "1"
    title = Text(en="Insurance of the MesInfos pilot (MAIF)", fr="Assurances du pilote MesInfos (MAIF)")
    holder = INSURER
    record_types: tuple[type[Record], ...] = (InsuranceContract, InsuranceClaim)

    def recognises(self, sample: Sample) -> bool:
        keys = top_keys(sample)
        wrapped = bool(keys & {"contrat", "sinistre", "MesInfos"}) and '"societaire"' in sample.text
        return wrapped or {"societaire", "formuleBase"} <= keys or {"societaire", "lieuSurvenance"} <= keys

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        batch = Batch(source, "item {}")
        yield from read_insurance(read_json(file), batch, options.tz or TZ)
        yield from batch.items()


def read_insurance(root: Json, batch: Batch, tz: str) -> Iterator[Rejection]:
    """Adds the contracts and claims under `root` to the batch."""
    for number, (place, said, is_contract) in enumerate(_documents(root, "$"), 1):
        if is_contract is None:
            yield Rejection(place, NOT_A_DOCUMENT)
        elif is_contract:
            yield from _contract(said, number, place, batch, tz)
        else:
            yield from _claim(said, number, place, batch, tz)


def _documents(node: Json, place: str) -> Iterator[tuple[str, Json, bool | None]]:
    """(place, document, whether it is a contract; None if it is neither) of all that the file holds."""
    if isinstance(node, list):
        for index, inner in enumerate(node):
            yield from _documents(inner, f"{place}[{index}]")
    elif isinstance(inner := member(node, "MesInfos"), dict):
        yield from _documents(inner, f"{place}.MesInfos")
    elif isinstance(node, dict) and (names := [name for name in _WRAPPED if name in node]):
        for name in names:
            wrapped = node[name]
            for index, one in enumerate(wrapped if isinstance(wrapped, list) else [wrapped]):
                yield f"{place}.{name}[{index}]", one, _WRAPPED[name] if isinstance(one, dict) else None
    elif isinstance(node, dict) and "ref" in node:
        yield place, node, False
    else:
        yield place, node, True if isinstance(node, dict) and "startDate" in node else None


def _contract(said: Json, number: int, place: str, batch: Batch, tz: str) -> Iterator[Rejection]:
    named = " ".join(filter(None, (_word(said, "societaire"), words(said, "name"))))
    start, end = (_midnight(said, name, tz) for name in ("startDate", "endDate"))
    if not _NUMBER.fullmatch(named) or start is None:
        yield Rejection(place, NO_TIME if start is None else NO_NUMBER)
        return
    try:
        premium = _money(said, "montantTarifTtc")
    except ValueError:
        premium = None
        yield Rejection(f"{place}.montantTarifTtc", NO_PREMIUM)
    objects = tuple(_objects(said))
    kinds = {insured.kind for insured in objects}
    batch.add(
        InsuranceContract,
        Series(InsuranceContract.type, batch.source.holder, about=named, tz=tz),
        number,
        start=start,
        end=end if end is not None and end > start else None,
        insurer=INSURER,
        product=short(words(said, "formuleBase") or words(said, "name")) or None,
        kind="car" if kinds == {"vehicle"} else "home" if kinds == {"dwelling"} else None,
        premium=premium,
        objects=objects,
        ext=kept(said, _CONTRACT, "maif"),
    )


def _objects(said: Json) -> Iterator[Insured]:
    found = member(said, "objects")
    for group in found if isinstance(found, list) else [found]:
        for vehicle in items(group, "vehicule"):
            plate = short(words(vehicle, "immatriculationVehicule"))
            model = short(" ".join(filter(None, (words(vehicle, "marque"), words(vehicle, "modele")))))
            if model or plate:
                yield Insured(kind="vehicle", label=model or plate, registration=plate or None)
        for place in items(group, "lieu"):
            if label := _address(member(place, "address")):
                yield Insured(kind="dwelling", label=label)


def _claim(said: Json, number: int, place: str, batch: Batch, tz: str) -> Iterator[Rejection]:
    at = instant(member(said, "timestamp") or member(said, "horodatage"), tz)
    reference = short(_word(said, "ref"))
    if at is None or not reference:
        yield Rejection(place, NO_TIME if at is None else NO_REFERENCE)
        return
    member_number = _word(said, "societaire")
    cause = " ".join(words(said, name) for name in ("nature", "evenement", "cause", "type"))
    batch.add(
        InsuranceClaim,
        Series(
            InsuranceClaim.type,
            batch.source.holder,
            about=member_number if _NUMBER.fullmatch(member_number) else "",
            tz=tz,
        ),
        number,
        at=at,
        reference=reference,
        kind=next((kind for kind, named in _CAUSES if named.search(cause)), "other"),
        place=short(words(said, "lieuSurvenance")) or _address(member(said, "address")) or None,
        thing=short(words(said, "immatriculationVehicule") or words(said, "natureLieu")) or None,
        ext=kept(said, _CLAIM, "maif"),
    )


def _address(said: Json) -> str:
    town = " ".join(filter(None, (_word(said, "postCode"), words(said, "city"))))
    return short(", ".join(filter(None, (words(said, "street"), town))))


def _midnight(said: Json, name: str, tz: str) -> int | None:
    on = day(words(said, name)[:10])
    return None if on is None else midnight(on, tz)


def _money(said: Json, name: str) -> Money | None:
    value = stated(member(said, name))
    return None if value is None else money(value, "EUR")


def _word(said: Json, name: str) -> str:
    found = member(said, name)
    return str(found).strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""


IMPORTERS: tuple[Importer, ...] = (MaifContracts(),)
