"""The page of domains: who holds which data, in which formats, as which records, and which services use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from selfdata_sdk.importers import Importer, Importers
from selfdata_sdk.model import REGISTRY, Record
from selfdata_sdk.service.manifest import Manifest

from .markdown import code, page, table
from .model import anchor

SERVICES = Path(__file__).resolve().parents[2] / "example_services"

INTRODUCTION = """
In the MesInfos pilot (Lyon, 2016 to 2018) companies and a city gave people their data back. This table is made from the
code: the record types, the importers that give them, and what the manifests of the example services
ask for. A type without a format comes from personas, from `selfdata add` or `selfdata answer`, from a personal cloud's
documents, or from a [mapping](../how-to/import-anything.md) of your own.
"""

MISSING = """
For the MesInfos pilot's partners that means: Orange's and MAIF's files are read in the shapes that the pilot documented, not in
those that these companies hand out today; the Métropole de Lyon's water is read, its tickets of public transport and hired
bikes are not, as no file of theirs is known; La Poste's tracking is read, its mail is not. These record types have no format of
their own yet:
"""

HOLDERS: Mapping[str, str] = {
    "bank": "Banks",
    "bill": "Whoever bills: energy suppliers, water services, operators, insurers",
    "electricity": "Energy suppliers and grid operators (Enedis)",
    "gas": "Energy suppliers and grid operators (GRDF)",
    "home": "The person",
    "identity": "The person",
    "insurance": "Insurers (MAIF)",
    "mobility": "Métropole de Lyon, operators (Orange), telephones",
    "post": "La Poste",
    "purchase": "Shops",
    "self": "The person",
    "supply": "Suppliers and operators of water, electricity and gas",
    "telecom": "Operators (Orange)",
    "water": "Métropole de Lyon and other water services",
}
"""Who holds the data of each domain; in brackets the pilot's partners."""


def domains_page() -> str:
    importers = list(Importers())
    manifests = list(_manifests())
    rows = [_row(t, importers, manifests) for t in REGISTRY]
    headers = ("Who holds it", "Data", "Formats", "Record type", "Services")
    without = [t for t in REGISTRY if not any(t in i.record_types for i in importers)]
    missing = ", ".join(f"[{code(t.type)}](model.md#{anchor(t)})" for t in without)
    return page("Domains", INTRODUCTION, table(headers, rows), "## Not here yet", MISSING, f"{missing}.")


def _row(record_type: type[Record], importers: list[Importer], manifests: list[Manifest]) -> tuple[str, ...]:
    domain = record_type.type.partition(".")[0]
    formats = [f"{i.title.en} ({code(i.name)})" for i in importers if record_type in i.record_types]
    users = [m.name.en for m in manifests if any(n.record_type == record_type.type for n in m.needs.values())]
    return (
        HOLDERS[domain],
        record_type.facts.title.en,
        "; ".join(sorted(formats)) or "–",
        f"[{code(record_type.type)}](model.md#{anchor(record_type)})",
        ", ".join(sorted(users)) or "–",
    )


def _manifests() -> Iterator[Manifest]:
    for file in sorted(SERVICES.glob("*/*/manifest.json")):
        yield Manifest.from_json(file.read_bytes())
