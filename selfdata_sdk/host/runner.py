"""Running a service: data in, once; blocks out, checked; what it saves, only if all went well."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Any, Protocol

import rfc8785
from pydantic import ValidationError

from selfdata_sdk.errors import FixService, OutputError, ServiceFailed
from selfdata_sdk.model.record import Record
from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.source import Source
from selfdata_sdk.model.table import Table, tables
from selfdata_sdk.model.text import Language
from selfdata_sdk.service.blocks import BLOCKS, MAX_BLOCKS, Action, Alert, Ask, Block, Save, blocks_json, reasons
from selfdata_sdk.service.context import Context
from selfdata_sdk.service.dataset import Dataset
from selfdata_sdk.service.deriving import manifest_of, written
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.service.service import Service
from selfdata_sdk.service.setting import Value, read_settings
from selfdata_sdk.store import Written

from .broker import Delivered, Opened


class Door(Protocol):
    """The way to one person's data, and the only one: in by what was agreed, back only while it still is."""

    registry: Registry

    def open(self, manifest: Manifest, now: datetime | None, tz: str | None) -> Opened:
        """Everything that the manifest asks for and that was agreed. AskPerson if a person must agree first."""
        ...

    def close(self, manifest: Manifest, blocks: Sequence[Block], records: Iterable[Table]) -> Written:
        """Take what a run that ended well gives back, and keep its records. AskPerson if it may no longer."""
        ...

    def failed(self, manifest: Manifest) -> None:
        """Take note of a run that gave nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One run that ended well."""

    manifest: Manifest
    now: datetime
    language: Language
    settings: Mapping[str, Value]
    blocks: tuple[Block, ...]
    delivered: tuple[Delivered, ...]
    saved: int

    def json(self) -> bytes:
        """The blocks as canonical JSON: the same data, settings, clock and language give the same bytes."""
        return blocks_json(self.blocks)


def run(
    door: Door,
    service: Service[...],
    *,
    manifest: Manifest | None = None,
    settings: Mapping[str, object] | None = None,
    now: datetime | None = None,
    language: Language = "en",
    tz: str | None = None,
    preview: Callable[[Block], None] | None = None,
) -> Run:
    """Run a service on a person's data, through a door.

    manifest  what was agreed to; derived from the service if not given
    settings  values or their texts, by name; RequestError names one that is wrong
    now       as of when; by default the time of the door
    preview   called with each block as it comes; alerts and saves take effect only at the end

    AskPerson if the door does not open; OutputError if a block is not valid, ServiceFailed if the service raises; then nothing is saved.
    """
    manifest = manifest or manifest_of(service)
    values = read_settings(service.options, settings or {})
    opened = door.open(manifest, now, tz)
    try:
        done, records = _ran(door, service, manifest, values, opened, language, preview)
    except BaseException:
        door.failed(manifest)
        raise
    saved = door.close(manifest, done.blocks, records)
    return replace(done, saved=saved.created + saved.updated)


def _ran(
    door: Door,
    service: Service[...],
    manifest: Manifest,
    values: Mapping[str, Value],
    opened: Opened,
    language: Language,
    preview: Callable[[Block], None] | None,
) -> tuple[Run, list[Table]]:
    now, tz = opened.now, opened.tz
    datasets = {r.label: Dataset.of(r.row, opened.payloads[r.label]) for r in service.requests}
    context = Context(now, tz, language, _random(service.id, now, values))
    check = _Check(manifest, datasets)
    blocks: list[Block] = []
    for block in _outputs(service, context, datasets, values):
        blocks.append(check(block))
        if preview is not None and not isinstance(block, Alert | Save):
            preview(blocks[-1])
    records = [_record(b, manifest, now, tz, door.registry) for b in blocks if isinstance(b, Save)]
    return Run(manifest, now, language, values, tuple(blocks), opened.delivered, 0), list(tables(records))


def _random(id: str, now: datetime, settings: Mapping[str, Value]) -> Random:
    texts = {name: written(value) for name, value in settings.items()}
    seed = rfc8785.dumps([id, now.astimezone(UTC).isoformat(), texts])
    return Random(int.from_bytes(hashlib.sha256(seed).digest()))


def _outputs(
    service: Service[...], context: Context, datasets: Mapping[str, Dataset[Any]], settings: Mapping[str, Value]
) -> Iterator[object]:
    """What the service gives, one by one; its own errors as ServiceFailed, without their text, which may hold data."""
    try:
        given: object = service(**{service.context: context}, **datasets, **settings)
        if isinstance(given, BLOCKS) or not isinstance(given, Iterable):
            raise OutputError(
                f"The service returned {_called(given)}.",
                where=service.id,
                next="Return a list of blocks, or yield them.",
            )
        yield from given
    except FixService:
        raise
    except ValidationError as error:
        if error.title in {kind.__name__ for kind in BLOCKS} | _PARTS:
            raise OutputError(
                f"A {error.title} is not valid: {reasons(error)}.", where=service.id, next="Correct the block."
            ) from error
        raise _failed(service, error) from error
    except (Exception, SystemExit) as error:
        raise _failed(service, error) from error


_PARTS = {"Metric", "Comparison", "Point", "Points", "Reference", "Text"}


def _failed(service: Service[...], error: BaseException) -> ServiceFailed:
    place = ""
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == service.function.__code__.co_filename:
            place = f", line {at.tb_lineno}"
        at = at.tb_next
    return ServiceFailed(
        f"The service raised {type(error).__name__}.",
        where=f"{service.id}{place}",
        next="Its author sees why with --debug.",
    )


def _called(given: object) -> str:
    if given is None:
        return "nothing"
    return f"one {type(given).__name__}" if isinstance(given, BLOCKS) else f"a {type(given).__name__}"


class _Check:
    """Checks each block against the manifest, and fills in the needs and the coverage."""

    def __init__(self, manifest: Manifest, datasets: Mapping[str, Dataset[Any]]) -> None:
        self._manifest = manifest
        self._labels = tuple(sorted(datasets))
        self._coverage = {label: d.coverage for label, d in datasets.items() if d.is_series}
        self._ids: set[str] = set()
        self._alerts = 0

    def __call__(self, block: object) -> Block:
        if not isinstance(block, BLOCKS):
            raise self._wrong(f"The service gave {_called(block)}, which is not a block", "", "Give blocks only.")
        self._count(block)
        self._declared(block)
        needs = block.needs or self._labels
        if unknown := [n for n in needs if n not in self._labels]:
            raise self._wrong(
                f"is based on {unknown[0]}, which is no need", block.id, "Name parameters of the service."
            )
        known = [self._coverage[n] for n in needs if n in self._coverage]
        return block.model_copy(update={"needs": needs, "coverage": round(min(known), 4) if known else None})

    def _count(self, block: Block) -> None:
        if block.id in self._ids:
            raise self._wrong("has an id that another block has", block.id, "Give each block its own id.")
        self._ids.add(block.id)
        if len(self._ids) > MAX_BLOCKS:
            raise self._wrong(f"is one more than {MAX_BLOCKS} blocks", block.id, "Give the ones that matter.")
        self._alerts += isinstance(block, Alert)
        if self._alerts > self._manifest.outputs.alerts_per_week:
            raise self._wrong("is one alert more than the manifest allows in a week", block.id, "Give fewer.")

    def _declared(self, block: Block) -> None:
        outputs = self._manifest.outputs
        if block.kind not in outputs.kinds and not isinstance(block, Ask | Save):
            raise self._wrong(f"is a {block.kind}, which the manifest does not list", block.id, "Add the kind.")
        wanted: str | None = None
        listed: Iterable[str] = ()
        step = ""
        match block:
            case Action(does="open"):
                wanted, listed, step = block.target, outputs.links, "Add it under [tool.selfdata.links]."
            case Action(does="call"):
                wanted, listed, step = block.target, outputs.numbers, "Add it under [tool.selfdata.numbers]."
            case Ask():
                wanted, listed, step = block.question, outputs.questions, "Add it under [tool.selfdata.questions]."
            case Save():
                listed = [p.record_type for p in self._manifest.produces]
                wanted, step = block.record_type, "Add the record type to `produces` of @service."
        if wanted is not None and wanted not in listed:
            raise self._wrong(f"names {wanted}, which the manifest does not list", block.id, step)

    def _wrong(self, what: str, id: str, step: str) -> OutputError:
        said = f"The block “{id}” {what}." if id else f"{what}."
        return OutputError(said, where=self._manifest.id, next=step)


def _record(block: Save, manifest: Manifest, now: datetime, tz: str, registry: Registry) -> Record:
    source = Source(
        holder=manifest.id,
        importer=manifest.id,
        version=manifest.version,
        method="derived",
        retrieved_at=now.astimezone(UTC),
        # Not what the block says that it is based on: that is the service's own claim.
        derived_from=tuple(sorted({need.record_type for need in manifest.needs.values()})),
    )
    try:
        record_type = registry.get(block.record_type)
        return record_type.model_validate({"quality": "derived", **block.values, "tz": tz, "source": source})
    except ValidationError as error:
        raise OutputError(
            f"The block “{block.id}” does not hold a {block.record_type}: {reasons(error)}.",
            where=manifest.id,
            next="Make it with Save.of.",
        ) from None
