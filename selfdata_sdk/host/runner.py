"""Running a service: data in, once; blocks out, checked; what it saves, only if all went well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from pydantic import ValidationError

from selfdata_sdk.errors import OutputError
from selfdata_sdk.model.record import Record
from selfdata_sdk.model.reduction import reducible
from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.source import Source
from selfdata_sdk.model.table import Table, tables
from selfdata_sdk.model.text import Language
from selfdata_sdk.service.blocks import BLOCKS, MAX_BLOCKS, Action, Alert, Ask, Block, Save, blocks_json, reasons
from selfdata_sdk.service.calling import Given, called
from selfdata_sdk.service.deriving import manifest_of, options_of
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.service.payload import Payload, coverage
from selfdata_sdk.service.service import Service
from selfdata_sdk.service.setting import Value, read_settings

from .broker import Delivered, Opened
from .engine import Engine, InProcess, Running, Usage


class Door(Protocol):
    """The way to one person's data, and the only one: in by what was agreed, back only while it still is."""

    registry: Registry

    def open(self, manifest: Manifest, now: datetime | None, tz: str | None) -> Opened:
        """Everything that the manifest asks for and that was agreed. AskPerson if a person must agree first."""
        ...

    def close(self, done: Run, records: Iterable[Table]) -> Run:
        """Take what a run that ended well gives back, and keep its records: the run as it is written down.

        AskPerson if it may no longer.
        """
        ...

    def failed(self, run: Run, error: BaseException) -> None:
        """Take note of a run that gave nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `code`, `walls` and `usage`: see `Engine`.

    told      ids of the alerts that the person was not told of lately
    repeated  True if it was done already, so that this had no effect
    """

    manifest: Manifest
    now: datetime
    language: Language
    settings: Mapping[str, Value]
    blocks: tuple[Block, ...]
    delivered: tuple[Delivered, ...]
    saved: int
    code: str
    walls: tuple[str, ...]
    usage: Usage
    told: tuple[str, ...] = ()
    repeated: bool = False

    def json(self) -> bytes:
        """The blocks as canonical JSON: the same data, settings, clock and language give the same bytes."""
        return blocks_json(self.blocks)


def run(
    door: Door,
    engine: Engine | Service[...],
    *,
    manifest: Manifest | None = None,
    settings: Mapping[str, object] | None = None,
    now: datetime | None = None,
    language: Language = "en",
    tz: str | None = None,
    preview: Callable[[Block], None] | None = None,
) -> Run:
    """Run a service on a person's data, through a door.

    engine    what runs the service's code; a service alone runs in this process
    manifest  what was agreed to; derived from the service if not given
    settings  values or their texts, by name; RequestError names one that is wrong
    now       as of when; by default the time of the door
    preview   called with each block as it comes; alerts and saves take effect only at the end

    AskPerson if the door does not open; OutputError if a block is not valid, ServiceFailed if the service raises or
    the sandbox ends it; then nothing is saved.
    """
    if isinstance(engine, Service):
        manifest = manifest or manifest_of(engine)
        engine = InProcess(engine)
    assert manifest is not None, "an engine's manifest is given"
    values = read_settings(options_of(manifest), settings or {})
    opened = door.open(manifest, now, tz)
    given = Given(opened.payloads, opened.now, opened.tz, language, values)
    running = engine.start(manifest, given)
    try:
        blocks = _blocks(running, manifest, given, door.registry, preview)
        records = list(tables(_record(b, manifest, given, door.registry) for b in blocks if isinstance(b, Save)))
    except BaseException as error:
        door.failed(_run(engine, running, manifest, given, opened), error)
        raise
    done = _run(engine, running, manifest, given, opened, tuple(blocks))
    return door.close(done, records)


def _run(
    engine: Engine, running: Running, manifest: Manifest, given: Given, opened: Opened, blocks: tuple[Block, ...] = ()
) -> Run:
    return Run(
        manifest, given.now, given.language, given.settings, blocks, opened.delivered, 0, engine.code, engine.walls,
        running.usage,
    )  # fmt: skip


def _blocks(
    running: Running, manifest: Manifest, given: Given, registry: Registry, preview: Callable[[Block], None] | None
) -> list[Block]:
    check = _Check(manifest, given.payloads, registry)
    blocks: list[Block] = []
    for block in running:
        blocks.append(check(block))
        if preview is not None and not isinstance(block, Alert | Save):
            preview(blocks[-1])
    return blocks


class _Check:
    """Checks each block against the manifest, and fills in the needs and the coverage."""

    def __init__(self, manifest: Manifest, payloads: Mapping[str, Payload], registry: Registry) -> None:
        self._manifest = manifest
        self._labels = tuple(sorted(payloads))
        types = {label: registry.get(need.record_type) for label, need in manifest.needs.items()}
        self._coverage = {n: coverage(payloads[n], kind) for n, kind in types.items() if reducible(kind)}
        self._ids: set[str] = set()
        self._alerts = 0

    def __call__(self, block: object) -> Block:
        if not isinstance(block, BLOCKS):
            raise self._wrong(f"The service gave {called(block)}, which is not a block", "", "Give blocks only.")
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


def _record(block: Save, manifest: Manifest, given: Given, registry: Registry) -> Record:
    source = Source(
        holder=manifest.id,
        importer=manifest.id,
        version=manifest.version,
        method="derived",
        retrieved_at=given.now.astimezone(UTC),
        # Not what the block says that it is based on: that is the service's own claim.
        derived_from=tuple(sorted({need.record_type for need in manifest.needs.values()})),
    )
    try:
        record_type = registry.get(block.record_type)
        return record_type.model_validate({"quality": "derived", **block.values, "tz": given.tz, "source": source})
    except ValidationError as error:
        raise OutputError(
            f"The block “{block.id}” does not hold a {block.record_type}: {reasons(error)}.",
            where=manifest.id,
            next="Make it with Save.of.",
        ) from None
