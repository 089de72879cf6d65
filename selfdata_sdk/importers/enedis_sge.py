"""Enedis SGE, the files that a third party receives for a subscribed supply point: load curves R4x and R50, as XML.

R4x (companies): `Courbe/Corps/Donnees_Courbe/Donnees_Point_Mesure`, a stamp at the START of the step of
`Granularite` minutes, a mean power in `Unite_Mesure` (kW), and a status. R50 (homes): `R50/PRM/Donnees_Releve/PDC`,
a stamp at the END of the step of `Pas_Publication` minutes, a mean power in W, and a plausibility mark.

| R4x `Statut_Point`                                            | quality      |
|---------------------------------------------------------------|--------------|
| R real; S, T power cut; F, G its beginning and end            | measured     |
| C corrected, D entered by hand                                | edited       |
| E estimated; H, P reconstructed                               | estimated    |
| K computed from other curves                                  | derived      |
| any other                                                     | questionable |

| R50 `IV` | quality      |
|----------|--------------|
| 0, none  | measured     |
| any other| questionable |

Other quantities than active energy drawn from the network (reactive energy, voltage, production) are left out with
the reason. R151 and R171 (readings) are not read: they state a day, not the moment of the reading.

Source of the formats: files received from Enedis, as published by consometers/sge-tiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..model import ElectricityUse, Record, Series, Source, Text
from ..model.column import NULL, Codes
from ..model.time import MINUTE
from . import enedis
from .file import File, Sample
from .importer import Item, Options, Rejection
from .load_curve import Powers, load_curve
from .moments import instant
from .numbers import scaled
from .xml import text_of, walk

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

STATUSES = {
    "R": "measured", "S": "measured", "T": "measured", "F": "measured", "G": "measured", "C": "edited",
    "D": "edited", "E": "estimated", "H": "estimated", "P": "estimated", "K": "derived",
}  # fmt: skip

_ROOTS = re.compile(r"<(R50|Courbe)[\s>]")
_PLACES = {"kW": 6, "W": 3}
_CONTEXT = frozenset({"Identifiant_PRM", "Id_PRM", "Granularite", "Unite_Mesure", "Grandeur_Metier",
                      "Grandeur_Physique", "Pas_Publication"})  # fmt: skip

BAD_STAMP = Text(en="The date and time cannot be read.", fr="La date et l'heure ne peuvent pas être lues.")
BAD_VALUE = Text(en="The value is not a number.", fr="La valeur n'est pas un nombre.")
NO_STEP = Text(
    en="The file does not say how long a step lasts.", fr="Le fichier ne dit pas combien de temps dure un pas."
)
OTHER_QUANTITY = Text(
    en="This curve is of something else than active power: it was left out.",
    fr="Cette courbe porte sur autre chose que la puissance active : elle a été laissée de côté.",
)


class EnedisSge:
    """Load curves that Enedis sends to third parties."""

    name = "enedis-sge"
    version = "1"
    title = Text(en="Enedis SGE load curve (XML)", fr="Courbe de charge Enedis SGE (XML)")
    holder = enedis.HOLDER
    record_types: tuple[type[Record], ...] = (ElectricityUse,)

    def recognises(self, sample: Sample) -> bool:
        return sample.is_xml and bool(_ROOTS.search(sample.text[:2000])) and "<Identifiant_Flux>R" in sample.text

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        source = source.model_copy(update={"locator": "point {}"})
        curves: dict[str, _Curve] = {}
        said: dict[str, str] = {}
        refused: set[Text] = set()
        count = 0
        for starts, name, element in walk(file, frozenset({"PDC", "Donnees_Point_Mesure"})):
            if starts:
                if name == "Donnees_Courbe":
                    refused = set()
                continue
            if name in _CONTEXT:
                said[name] = (element.text or "").strip()
            elif name in ("PDC", "Donnees_Point_Mesure"):
                count += 1
                reason = _refusal(said)
                if reason is None:
                    prm = said.get("Identifiant_PRM") or said.get("Id_PRM", "")
                    reason = curves.setdefault(prm, _Curve()).add(element, count, said)
                    if reason is not None:
                        yield Rejection(f"point {count}", reason)
                elif reason not in refused:
                    refused.add(reason)
                    yield Rejection(f"point {count}", reason)
        for prm, curve in curves.items():
            about, tz = options.about or prm, options.tz or enedis.TZ
            series = Series(ElectricityUse.type, source.holder, about, options.register, tz=tz)
            yield from load_curve(curve.powers(), series, source)


def _refusal(said: dict[str, str]) -> Text | None:
    """Why the points that follow are left out; None if they are uses."""
    if said.get("Grandeur_Physique", "EA") not in ("EA", "PA"):
        return OTHER_QUANTITY
    if said.get("Grandeur_Metier", "CONS") != "CONS":
        return enedis.PRODUCTION
    return None if said.get("Unite_Mesure", "W") in _PLACES else enedis.OTHER_UNIT


@dataclass(slots=True)
class _Curve:
    """The points of one supply point: (end, mW, number, step) each."""

    rows: list[tuple[int, int, int, int]] = field(default_factory=list)
    qualities: list[str] = field(default_factory=list)

    def add(self, element: Element, number: int, said: dict[str, str]) -> Text | None:
        """Take a point; why it cannot be taken."""
        if "Horodatage" in element.attrib:
            at, value = instant(element.attrib["Horodatage"]), element.get("Valeur_Point", "")
            step = _minutes(said.get("Granularite", ""))
            # This stamp is the start of its step.
            if not step:
                return NO_STEP
            at = None if at is None else at + step
            quality = STATUSES.get(element.get("Statut_Point", "").strip(), "questionable")
        else:
            at, value = instant(text_of(element, "H")), text_of(element, "V")
            step = _minutes(said.get("Pas_Publication", ""))
            quality = "measured" if text_of(element, "IV") in ("", "0") else "questionable"
        if at is None:
            return BAD_STAMP
        try:
            power = scaled(value, _PLACES[said.get("Unite_Mesure", "W")])
        except ValueError:
            return BAD_VALUE
        self.rows.append((at, NULL if power is None else power, number, step))
        self.qualities.append(quality)
        return None

    def powers(self) -> Powers:
        at, power, numbers, step = np.array(self.rows, np.int64).reshape(-1, 4).T
        return Powers(at, power, numbers, step, Codes.of(self.qualities))


def _minutes(text: str) -> int:
    """The step in µs; 0 if it is not stated or absurd."""
    return int(text) * MINUTE if text.isascii() and text.isdigit() and len(text) < 3 and 0 < int(text) <= 60 else 0


IMPORTERS = (EnedisSge(),)
