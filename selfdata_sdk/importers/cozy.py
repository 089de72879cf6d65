"""Documents of a Cozy: bank, bills, contacts, trips, and those of the pilot MesInfos and of its partners.

| the file                                                      | a document's place      |
|---------------------------------------------------------------|-------------------------|
| one document, or a list of them                               | `$`, `$[3]`             |
| a document a line                                             | `line 4`                |
| CouchDB's `_all_docs`: `{"rows": [{"id": …, "doc": {…}}]}`    | `$.rows[3].doc`         |
| doctype → documents, as ACH exports: `{"io.cozy.bills": […]}` | `document 4`            |
| a ZIP of an export, a folder for each doctype                 | `document 4`            |

A document names its doctype in `docType` or `_type`; where neither it nor the file does, its members tell it. Members
that no field holds are kept in `ext`; what belongs to the cloud alone (`_id`, `_rev`, `cozyMetadata` …) is not.
Doctypes that are not read are named.

Sources of the formats: cozy/cozy-doctypes (docs); jacquarg/mesinfos-dev (data) and the connectors of the pilot.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

from ..model import (
    BankAccount,
    BankBalance,
    BankTransaction,
    Bill,
    Contact,
    ElectricityUse,
    GasUse,
    InsuranceClaim,
    InsuranceContract,
    MediaOrder,
    Person,
    Position,
    Receipt,
    Record,
    Series,
    Source,
    TelecomUsage,
    Text,
    Trip,
)
from .batch import Batch
from .cozy_documents import Bills, Contacts, Money, Trips
from .cozy_energy import Statements
from .file import File, Sample
from .importer import Importer, Item, Options, Rejection, Remark
from .insurance_maif import read_insurance
from .jsons import Json, items, member, read_json, words
from .objects import top_keys
from .places import TZ
from .receipt_mesinfos import read_receipts
from .telecom import Usages, row
from .telecom_json import TelecomJson, Videos

_PREFIXES = ("io.cozy.", "org.fing.mesinfos.", "fr.orange.", "fr.maif.maifuser.", "fr.maif.", "fr.")
_KINDS: Mapping[str, str] = {
    "bank.accounts": "account", "bankaccount": "account", "bank.operations": "operation", "bankoperation": "operation",
    "bills": "bill", "bill": "bill", "contacts": "contact", "contact": "contact", "timeseries.geojson": "trip",
    "geopoint": "place", "phonecommunicationlog": "call", "videostream": "video", "receipt": "receipt",
    "receiptdetail": "receipt", "consumptionstatement": "statement", "consumpionstatement": "statement",
    "insurancecontract": "insurance", "insuranceclaim": "insurance", "contrat": "insurance", "sinistre": "insurance",
}  # fmt: skip
"""What a document is, by its doctype without its domain. The pilot also wrote one of them with a letter missing."""

_SHAPES: tuple[tuple[str, frozenset[str]], ...] = (
    ("operation", frozenset({"amount", "label", "account", "date"})),
    ("operation", frozenset({"amount", "raw", "bankAccount", "date"})),
    ("account", frozenset({"balance", "institutionLabel"})),
    ("bill", frozenset({"vendor", "date", "amount"})),
    ("trip", frozenset({"series", "startDate", "endDate"})),
    ("contact", frozenset({"fullname", "name"})),
    ("contact", frozenset({"fullname", "email"})),
    ("statement", frozenset({"statementType", "value", "start"})),
    ("call", frozenset({"chipType", "chipCount"})),
    ("video", frozenset({"content", "action", "clientId"})),
    ("place", frozenset({"latitude", "longitude", "timestamp"})),
)
_OTHERS = frozenset({"receiptId", "contrat", "sinistre", "societaire", "MesInfos"})
"""Members of documents that have an importer of their own."""

_DOCTYPE = re.compile(r'"(?:docType|_type)"\s*:\s*"([\w.]+)"')

NOT_READ = Text(
    en="Documents of the type {type} are not read: left out.",
    fr="Les documents du type {type} ne sont pas lus : laissés de côté.",
)
UNNAMED = Text(
    en="A document does not say its type: taken for what its members are.",
    fr="Un document ne dit pas son type : pris pour ce que sont ses membres.",
)
NO_TYPE = Text(en="It does not say what it is.", fr="Il ne dit pas ce qu'il est.")
NOT_A_DOCUMENT = Text(en="It is no document.", fr="Ce n'est pas un document.")


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its number and its place in the file, its doctype as it is said, and its members."""

    number: int
    place: str
    doctype: str
    said: dict[str, Json]

    @property
    def told(self) -> str:
        """What its doctype says it is; "" if that is nothing that is read."""
        plain = self.doctype.casefold()
        for prefix in _PREFIXES:
            plain = plain.removeprefix(prefix)
        return _KINDS.get(plain, "")

    @property
    def kind(self) -> str:
        """What it is, by its doctype or else by its members; "" if it is nothing that is read."""
        return self.told or ("" if self.names_doctype else shape_of(self.said))

    @property
    def names_doctype(self) -> bool:
        """True if what it says is the name of a doctype, which is nobody's data."""
        return re.fullmatch(r"(?:io\.cozy|cc\.cozycloud|org\.fing|com|fr)\.[\w.-]{1,60}", self.doctype) is not None


def shape_of(said: Mapping[str, Json]) -> str:
    """What a document without a doctype is, by its members; "" if they do not tell."""
    return next((kind for kind, members in _SHAPES if members <= said.keys()), "")


class CozyExport:
    """Everything that is read of a Cozy, in one file."""

    name = "cozy"
    version = "1"
    title = Text(en="Documents of a Cozy", fr="Documents d'un Cozy")
    holder = "Cozy"
    record_types: tuple[type[Record], ...] = (
        BankAccount, BankBalance, BankTransaction, Bill, Contact, Person, Position, Trip, TelecomUsage, MediaOrder,
        ElectricityUse, GasUse, Receipt, InsuranceContract, InsuranceClaim,
    )  # fmt: skip

    def recognises(self, sample: Sample) -> bool:
        if sample.is_zip:
            return (
                re.search(rb"PK\x03\x04.{26}[^\0]*?(?:io\.cozy|org\.fing|fr\.orange)\.", sample.data, re.S) is not None
            )
        keys = top_keys(sample)
        if not keys or keys & _OTHERS:
            return False
        if {"rows", "total_rows"} <= keys or {"id", "doc"} <= keys:
            return '"doc"' in sample.text
        if any(k.startswith(("io.cozy.", "org.fing.mesinfos.", "fr.orange.")) for k in keys):
            return True
        if "_id" in keys:
            return bool(keys & {"_type", "docType", "_rev", "cozyMetadata"}) or shape_of(dict.fromkeys(keys)) != ""
        # What the pilot's operator handed out has an importer of its own, with a doctype or without.
        named = _DOCTYPE.search(sample.text) if keys & {"docType", "_type"} else None
        return bool(named and Document(0, "", named[1], {}).told) and not TelecomJson().recognises(sample)

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        template, found = _documents(file)
        documents: list[Document] = []
        for one in found:
            if isinstance(one, Document):
                documents.append(one)
            else:
                yield one
        yield from _read(documents, template, file, source, options)


def _read(documents: Sequence[Document], template: str, file: File, source: Source, options: Options) -> Iterator[Item]:
    by_kind: dict[str, list[Document]] = {}
    for one in documents:
        by_kind.setdefault(one.kind, []).append(one)
        if one.kind and not one.told:
            yield Remark("guess", UNNAMED, one.place)
    for one in by_kind.pop("", []):
        if one.names_doctype:
            yield Remark("guess", NOT_READ.fill(type=one.doctype), one.place)
        else:
            yield Rejection(one.place, NO_TYPE)
    tz = options.tz or TZ
    for kind in ("account", "operation"):
        by_kind.setdefault(kind, [])
    yield from Money(source, options, template).items(by_kind.pop("account"), by_kind.pop("operation"))
    for kind, part in by_kind.items():
        match kind:
            case "bill":
                yield from Bills(source, template, tz).items(part)
            case "contact":
                yield from Contacts(source, template, tz).items(part)
            case "trip":
                yield from Trips(source, options, template).items(part)
            case "statement":
                yield from Statements(source, options, template).items(part)
            case "call" | "place":
                usages = Usages(source, options, template, file.name)
                for one in part:
                    yield from usages.add(row(one.number, _call(one.said), "cozy"))
                yield from usages.items()
            case "video":
                videos = Videos(source, options, template)
                for one in part:
                    yield from videos.add(one.number, one.place, _bare(one.said))
                yield from videos.items()
            case "receipt":
                batch = Batch(source, "receipt {}")
                yield from read_receipts(
                    [_bare(d.said) for d in part], batch, Series(Receipt.type, source.holder, tz=tz)
                )
                yield from batch.items()
            case "insurance":
                batch = Batch(source, "insurance {}")
                yield from read_insurance([_bare(d.said) for d in part], batch, tz)
                yield from batch.items()


def _bare(said: Mapping[str, Json]) -> Json:
    """A document without what belongs to the cloud alone."""
    return {name: value for name, value in said.items() if name not in _CLOUD}


_CLOUD = frozenset({"_id", "id", "_rev", "_type", "docType", "docTypeVersion", "cozyMetadata"})


def _call(said: Mapping[str, Json]) -> dict[str, Json]:
    """A call with its members under the names in use."""
    names = {"subscriber": "subscriberNumber", "peer": "correspondantNumber"}
    return {names.get(name, name): value for name, value in said.items() if name not in _CLOUD}


# The shapes of files


def _documents(file: File) -> tuple[str, Iterator[Document | Rejection]]:
    """(the template of places, each document)."""
    if file.sample.is_zip:
        return "document {}", _numbered(_zipped(file))
    lines = [line for line in file.sample.lines if line.strip()]
    if len(lines) > 1 and isinstance(_parsed(lines[0]), dict):
        return "line {}", _lines(file)
    root = read_json(file)
    if isinstance(root, list):
        return "$[{}]", _listed(root, "$[{}]")
    if rows := items(root, "rows"):
        return "$.rows[{}].doc", _listed([member(r, "doc") for r in rows], "$.rows[{}].doc")
    if isinstance(root, dict) and any(isinstance(v, list) and "." in k for k, v in root.items()):
        pairs = ((k, one) for k, v in root.items() if isinstance(v, list) for one in v)
        return "document {}", _numbered(pairs)
    return "$", _listed([member(root, "doc") or root], "$")


def _listed(nodes: Sequence[Json], template: str) -> Iterator[Document | Rejection]:
    for number, node in enumerate(nodes):
        place = template.replace("{}", str(number))
        if isinstance(node, list):
            # The pilot's files hold lists in lists.
            for inner in node:
                yield _document(number, place, "", inner)
        elif not words(node, "_id").startswith("_design/"):
            yield _document(number, place, "", node)


def _numbered(pairs: Iterator[tuple[str, Json]]) -> Iterator[Document | Rejection]:
    for number, (doctype, node) in enumerate(pairs, 1):
        yield _document(number, f"document {number}", doctype, node)


def _lines(file: File) -> Iterator[Document | Rejection]:
    for number, line in file.lines():
        if line.strip():
            found = _parsed(line)
            yield _document(number, f"line {number}", "", member(found, "doc") or found)


def _document(number: int, place: str, doctype: str, node: Json) -> Document | Rejection:
    if not isinstance(node, dict):
        return Rejection(place, NOT_A_DOCUMENT)
    return Document(number, place, words(node, "docType") or words(node, "_type") or doctype, node)


def _parsed(text: str) -> Json:
    try:
        found: Json = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _zipped(file: File) -> Iterator[tuple[str, Json]]:
    """(doctype by its folder or file, document) of the JSON in an archive, whose size was checked."""
    with file.open() as stream, zipfile.ZipFile(stream) as archive:
        for entry in sorted(archive.infolist(), key=lambda e: e.filename):
            path = PurePosixPath(entry.filename)
            if entry.is_dir() or path.suffix != ".json":
                continue
            parts = (path.parent.name, path.stem)
            doctype = next((p for p in parts if p.startswith(("io.cozy.", "org.fing.", "fr."))), "")
            try:
                node: Json = json.loads(archive.read(entry), parse_float=Decimal)
            except (ValueError, RecursionError, zipfile.BadZipFile, NotImplementedError, OSError):
                node = None
            rows = [member(r, "doc") for r in items(node, "rows")]
            for one in rows or (node if isinstance(node, list) else [node]):
                yield doctype, one


IMPORTERS: tuple[Importer, ...] = (CozyExport(),)
