"""Export: everything of a store in open formats, and the way back without loss.

export.json               format, version, the person's secret, counts, SHA-256 of each file
records/TYPE.jsonl        one record a line, valid under its schema
history/TYPE.jsonl        earlier revisions, likewise
csv/TYPE.csv              the same records for spreadsheets (nested lists as JSON)
schemas/TYPE.json         JSON Schema of each type
own/TYPE.json             what services declared their own types with
consent/*.json            grants, receipts and the journal, as the documents that they are
sources.json              which files and holders the records came from
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .._version import __version__
from ..errors import NewerFormat, RequestError, SelfDataError
from ..model import Record, Source
from ..model.own_record import own_type_of
from ..model.own_type import OwnType, service_of
from ..model.schema import schema
from ..model.table import Table, tables
from .carried import Carried, bring, read_documents, write_documents
from .store import PersonalStore, Written

FORMAT = 1
INDEX = "export.json"
OWN = "own"
_AT_ONCE = 50_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Exported:
    """Where an export lies, and how many records of each type it holds."""

    folder: Path
    records: dict[str, int]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back: records, and what became of grants and journal."""

    written: Written
    carried: Carried


def export(store: PersonalStore, folder: str | os.PathLike[str]) -> Exported:
    """Write everything into a new folder: whole, or not at all. RequestError if the folder exists and holds anything."""
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise RequestError("This folder exists and is not empty.", where=target.name, next="Choose another name.")
    partial = target.with_name(target.name + ".partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
        counts = _write(store, partial)
        if target.exists():
            target.rmdir()
        partial.rename(target)
    except OSError as error:
        raise RequestError(
            f"The export cannot be written ({error.strerror}).", where=target.name, next="Choose another folder."
        ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Exported(target, counts)


def _write(store: PersonalStore, folder: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    sources: Counter[Source] = Counter()
    names = sorted({h.series.type for h in store.summary()})
    for part in ("records", "history", "csv", "schemas"):
        (folder / part).mkdir()
    for name in names:
        record_type = store.registry.get(name)
        stem = file_stem(record_type)
        counts[name] = _write_type(store, record_type, folder, sources)
        _write_json(folder / "schemas" / f"{stem}.json", schema(record_type))
        if (own := own_type_of(record_type)) is not None:
            (folder / OWN).mkdir(exist_ok=True)
            (folder / OWN / f"{stem}.json").write_bytes(own.canonical())
    write_documents(store.cloud, folder)
    listed = [
        {**source.model_dump(mode="json", exclude={"locator"}), "records": number}
        for source, number in sorted(sources.items(), key=lambda s: (s[0].holder, s[0].retrieved_at))
    ]
    _write_json(folder / "sources.json", listed)
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    digests = {p.relative_to(folder).as_posix(): _sha256(p) for p in files}
    index = {"format": FORMAT, "sdk": __version__, "secret": store.secret().hex(), "records": counts, "files": digests}
    _write_json(folder / INDEX, index)
    return counts


def file_stem(record_type: type[Record]) -> str:
    """The name, without ending, of the files that hold a type: `water.use-1`."""
    return record_type.type.replace("/", "-")


def _write_type(store: PersonalStore, record_type: type[Record], folder: Path, sources: Counter[Source]) -> int:
    stem = file_stem(record_type)
    number = 0
    with (
        (folder / "records" / f"{stem}.jsonl").open("w", encoding="utf-8", newline="\n") as lines,
        (folder / "history" / f"{stem}.jsonl").open("w", encoding="utf-8", newline="\n") as past,
        (folder / "csv" / f"{stem}.csv").open("w", encoding="utf-8", newline="") as sheet,
    ):
        rows = csv.writer(sheet)
        rows.writerow(_cell_names(record_type))
        for page in store.pages(record_type):
            for record in page.current.records():
                lines.write(record.model_dump_json() + "\n")
                rows.writerow(_cells(record))
                sources[record.source.model_copy(update={"locator": None})] += 1
                number += 1
            past.writelines(r.model_dump_json() + "\n" for r in (page.past.records() if page.past else ()))
    return number


def _cell_names(record_type: type[Record]) -> list[str]:
    names = [n for n in record_type.model_fields if n not in ("source", "ext")]
    return ["id", *names, "holder", "file_sha256", "locator", "ext"]


def _cells(record: Record) -> list[str]:
    body = record.model_dump(mode="json", exclude={"source", "ext"})
    texts = {n for n, v in body.items() if isinstance(getattr(record, n), str)}
    cells = [_cell(v, n in texts) for n, v in body.items()]
    source = record.source
    ext = json.dumps(record.ext, ensure_ascii=False) if record.ext else ""
    return [
        str(record.id),
        *cells,
        neutral(source.holder),
        source.sha256 or "",
        neutral(source.locator or ""),
        neutral(ext),
    ]


def _cell(value: Any, is_text: bool) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case {"amount": amount, "currency": currency}:
            return f"{amount} {currency}"
        case list() | dict():
            return neutral(json.dumps(value, ensure_ascii=False))
        case _:
            return neutral(str(value)) if is_text else str(value)


def neutral(text: str) -> str:
    """Text that a spreadsheet does not take for a formula: one that starts like one gets an apostrophe before it."""
    return "'" + text if text.startswith(_FORMULA) else text


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# The way back


def is_export(folder: str | os.PathLike[str]) -> bool:
    """True if `folder` is one that `export` wrote."""
    return (Path(folder) / INDEX).is_file()


def restore(store: PersonalStore, folder: str | os.PathLike[str]) -> Restored:
    """Bring an export back, with revisions and history. What the store has already is left as it is.

    RequestError, and nothing is written, if a file is missing or is not what was exported.
    """
    root = Path(folder)
    index = _index(root)
    names = sorted(index["records"])
    store.declare(own for name in names if (own := _own_type(root, name, index["files"])) is not None)
    types = [store.registry.get(name) for name in names]
    current = [t for record_type in types for t in _tables(root, "records", record_type)]
    past = [t for record_type in types for t in _tables(root, "history", record_type)]
    documents = read_documents(root, index["files"])
    if not store.summary():
        store.set_secret(bytes.fromhex(index["secret"]))
    written = store.restore(current, past)
    return Restored(written, bring(store.cloud, documents))


def _index(root: Path) -> dict[str, Any]:
    try:
        index: dict[str, Any] = json.loads((root / INDEX).read_text(encoding="utf-8"))
        version, files = index["format"], dict(index["files"])
        for name in index["records"]:
            for part in ("records", "history"):
                files.setdefault(f"{part}/{name.replace('/', '-')}.jsonl", "")
    except (OSError, ValueError, KeyError, TypeError):
        raise RequestError(
            f"This folder is not an export: it has no sound {INDEX}.", where=root.name, next="Choose an export folder."
        ) from None
    if version > FORMAT:
        raise NewerFormat(f"This export has format {version}.", where=root.name, next="Update selfdata-sdk.")
    for name, digest in files.items():
        path = root / name
        # The names come from a file that anybody could have written: none may lead out of the folder.
        if not path.resolve().is_relative_to(root.resolve()):
            raise RequestError("This export names a file outside its folder.", where=root.name, next="Do not use it.")
        if not path.is_file() or _sha256(path) != digest:
            raise RequestError(
                "This file of the export is missing or was changed since.",
                where=name,
                next="Copy the whole export again; nothing was written.",
            )
    return index


def _own_type(root: Path, name: str, files: Collection[str]) -> OwnType | None:
    """What a service declared a type of its own with."""
    file = f"{OWN}/{name.replace('/', '-')}.json"
    if service_of(name) is None or file not in files:
        return None
    try:
        own = OwnType.model_validate_json((root / file).read_bytes())
    except ValidationError:
        own = None
    if own is None or own.name != name:
        raise RequestError(
            "This file does not declare the record type that it is named after.",
            where=file,
            next="Update selfdata-sdk, or export again; nothing was written.",
        )
    return own


def _tables(root: Path, part: str, record_type: type[Record]) -> list[Table]:
    path = root / part / f"{file_stem(record_type)}.jsonl"
    found: list[Table] = []
    records = _records(path, record_type)
    while batch := list(islice(records, _AT_ONCE)):
        found += tables(batch)
    return found


def _records(path: Path, record_type: type[Record]) -> Iterator[Record]:
    for number, line in enumerate(_lines(path), 1):
        try:
            yield record_type.model_validate_json(line)
        except (ValidationError, SelfDataError) as error:
            reason = error.errors(include_input=False)[0]["msg"] if isinstance(error, ValidationError) else error.what
            raise RequestError(
                f"This record is not valid ({reason}).",
                where=f"{path.name}, line {number}",
                next="Update selfdata-sdk, or export again; nothing was written.",
            ) from None


def _lines(path: Path) -> Iterable[str]:
    with path.open(encoding="utf-8") as stream:
        yield from stream
