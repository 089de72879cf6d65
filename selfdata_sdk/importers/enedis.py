"""What the files of Enedis, the operator of most of the French electricity network, have in common."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Text

HOLDER = "Enedis"
TZ = "Europe/Paris"
SECTION = "Identifiant PRM"
"""The first cell of the line that opens a section of a customer CSV."""

PRODUCTION = Text(
    en="This part holds what the home fed into the network, which is not a use: it was left out.",
    fr="Cette partie contient ce que le logement a injecté sur le réseau, qui n'est pas une consommation : elle a été "
    "laissée de côté.",
)
OTHER_UNIT = Text(
    en="This part is in a unit that is not read here: it was left out.",
    fr="Cette partie est dans une unité qui n'est pas lue ici : elle a été laissée de côté.",
)
OTHER_KIND = Text(
    en="This part is of a kind that is not read here: it was left out.",
    fr="Cette partie est d'une sorte qui n'est pas lue ici : elle a été laissée de côté.",
)


@dataclass(frozen=True, slots=True)
class Section:
    """The two lines that open a section: what follows, of which supply point, in which unit.

    prm     14 digits, "" if the file gives none
    kind    `Courbe de charge`, `Index`, `Puissance maximale quotidienne` …
    step    minutes between two values, 0 if the file does not say
    line    the line of the values
    """

    prm: str = ""
    kind: str = ""
    quantity: str = ""
    direction: str = ""
    stage: str = ""
    unit: str = ""
    step: int = 0
    line: int = 0

    @property
    def is_production(self) -> bool:
        return self.direction.casefold().startswith("prod")

    @property
    def is_corrected(self) -> bool:
        return "corrig" in self.stage.casefold()


_FIELDS = {
    "identifiant prm": "prm",
    "type de donnees": "kind",
    "grandeur physique": "quantity",
    "grandeur metier": "direction",
    "etape metier": "stage",
    "unite": "unit",
    "pas en minutes": "step",
}
_PLAIN = str.maketrans("éèêà", "eeea")


def section(names: list[str], values: list[str], line: int) -> Section:
    """The section that the header cells `names` and the cells `values` below them open."""
    found: dict[str, str] = {}
    for name, value in zip(names, values, strict=False):
        if key := _FIELDS.get(name.casefold().translate(_PLAIN).strip()):
            found[key] = value.strip()
    step = found.pop("step", "")
    prm = found.pop("prm", "")
    return Section(
        prm=prm if prm.isascii() and prm.isdigit() else "",
        step=int(step) if step.isascii() and step.isdigit() else 0,
        line=line,
        **found,
    )
