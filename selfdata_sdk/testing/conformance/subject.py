"""A service under test, and its runs: each is made once, however many rules look at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from ...consent.right import Right
from ...errors import FixService, RequestError
from ...host.broker import Delivered, Opened
from ...host.engine import Engine, InProcess, Usage
from ...host.runner import Run, run
from ...model import REGISTRY, Registry, Table
from ...model.text import Language, Text
from ...model.time import Granularity
from ...service.blocks import Block, Save, blocks_json
from ...service.deriving import manifest_of
from ...service.manifest import AskedNeed, Manifest
from ...service.payload import Payload
from ...service.project import Project
from ...service.service import Service
from ...store import PersonalStore
from ..running import OpenDoor
from .case import Case, in_words
from .changes import differs

Change = Callable[[Payload], Payload]


@dataclass(frozen=True, slots=True)
class Variation:
    """How a run differs from the plain one.

    name         tells it from the others
    settings     their values as texts
    refused      labels of the needs that the person refused
    granularity  the coarser one that is given, by label
    back         the shorter period that is given, by label, as ISO 8601 durations
    changes      what is done to the payload of a need before it is handed over, by label
    how          what is different, in words
    """

    name: str = "as it is"
    language: Language = "en"
    settings: Mapping[str, str] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    granularity: Mapping[str, Granularity] = field(default_factory=dict)
    back: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)
    how: Text | None = None


PLAIN = Variation()


@dataclass(frozen=True)
class Trial:
    """What a run gave: blocks, or an error of the service.

    reached  the calls by which it reached for a file, a socket or a program, each once
    line     where in the service's code the error came up: file and line, "" if that is not known
    altered  whether `changes` of the variation made other data of what was handed over
    """

    case: Case
    variation: Variation
    blocks: tuple[Block, ...]
    delivered: tuple[Delivered, ...]
    error: FixService | RequestError | None
    reached: tuple[str, ...]
    usage: Usage
    line: str = ""
    altered: bool = False

    @property
    def speaks(self) -> bool:
        """True if it ended well and gave something to show."""
        return any(not isinstance(block, Save) for block in self.blocks)

    @cached_property
    def said(self) -> bytes:
        """The blocks in canonical bytes, without the coverage, which is the host's."""
        return blocks_json([b.model_copy(update={"coverage": None}) for b in self.blocks])

    @property
    def title(self) -> Text:
        """Where it was, for a problem: the household and what was different."""
        how = self.variation.how
        return in_words(self.case.household, (*self.case.how, how) if how is not None else self.case.how)


class Subject:
    """A service, its manifest, and the folder of its project (None where it has none)."""

    def __init__(self, service: Service[...], folder: Path | None = None) -> None:
        self.service = service
        self.folder = folder
        self._trials: dict[tuple[Case, str], Trial] = {}

    @cached_property
    def project(self) -> Project | None:
        return Project.read(self.folder) if self.folder is not None else None

    @cached_property
    def manifest(self) -> Manifest:
        """The one that the code has now."""
        return manifest_of(self.service, self.project)

    @cached_property
    def types(self) -> Registry:
        """The record types that it can ask for."""
        return self.manifest.types(REGISTRY)

    @cached_property
    def code(self) -> tuple[Path, ...]:
        """The files of its package that are code, sorted: the one file of a service that is in none."""
        module = self.service.function.__module__
        package = sys.modules.get(module.partition(".")[0])
        if package is not None and package.__file__ and Path(package.__file__).name == "__init__.py":
            return tuple(sorted(Path(package.__file__).parent.rglob("*.py")))
        return (Path(self.service.function.__code__.co_filename),)

    def trial(self, case: Case, variation: Variation = PLAIN) -> Trial:
        """The run of the service on a case, in this process; made once."""
        key = (case, variation.name)
        if (known := self._trials.get(key)) is None:
            known = self._trials[key] = self.again(case, variation)
        return known

    def again(self, case: Case, variation: Variation = PLAIN) -> Trial:
        """A run that is made whether or not there was one."""
        reached: dict[str, None] = {}
        engine = InProcess(self.service, lambda name: reached.setdefault(name))
        return replace(try_on(engine, self.manifest, case, variation), reached=tuple(reached))

    def lives_on(self, case: Case, moments: Iterable[datetime]) -> tuple[tuple[Trial, ...], PersonalStore]:
        """Runs on one store at several moments, each on what those before it saved; and the store in the end."""
        store = case.new_store()
        door = _Door(store, PLAIN, keeps=True)
        engine = InProcess(self.service)
        return tuple(_try(door, engine, self.manifest, replace(case, now=m), PLAIN) for m in moments), store


def try_on(engine: Engine, manifest: Manifest, case: Case, variation: Variation = PLAIN) -> Trial:
    """One run of a service on a case, by any engine; nothing that it saves is kept."""
    return _try(_Door(case.store, variation), engine, manifest, case, variation)


def _try(door: _Door, engine: Engine, manifest: Manifest, case: Case, variation: Variation) -> Trial:
    try:
        done = run(
            door, engine, manifest=manifest, settings=variation.settings, now=case.now, language=variation.language,
            tz=case.tz,
        )  # fmt: skip
    except (FixService, RequestError) as error:
        package = manifest.function.partition(":")[0].partition(".")[0]
        return Trial(case, variation, (), (), error, (), Usage(), _line(error, package), door.altered)
    return Trial(case, variation, done.blocks, done.delivered, None, (), done.usage, altered=door.altered)


def _line(error: BaseException, package: str) -> str:
    """File and line of the package in which an error came up: the innermost."""
    line, at = "", (error.__cause__ or error).__traceback__
    while at is not None:
        frame = at.tb_frame
        if str(frame.f_globals.get("__name__")).partition(".")[0] == package:
            line = f"{Path(frame.f_code.co_filename).name}, line {at.tb_lineno}"
        at = at.tb_next
    return line


class _Door(OpenDoor):
    """A door that gives what a manifest asks for, but for the variation.

    keeps    whether records that a service saves are kept
    altered  whether the variation's changes made other data
    """

    def __init__(self, store: PersonalStore, variation: Variation, *, keeps: bool = False) -> None:
        super().__init__(store)
        self._variation = variation
        self._keeps = keeps
        self.altered = False

    def open(self, manifest: Manifest, now: datetime | None, tz: str | None) -> Opened:
        opened = super().open(manifest, now, tz)
        payloads = dict(opened.payloads)
        for label, change in self._variation.changes.items():
            payloads[label] = change(opened.payloads[label])
            self.altered = self.altered or differs(opened.payloads[label], payloads[label])
        return replace(opened, payloads=payloads)

    def right(self, label: str, need: AskedNeed, now: datetime) -> Right:
        varied = self._variation
        back = varied.back.get(label, need.back)
        granularity = varied.granularity.get(label, need.granularity)
        right = super().right(label, need.model_copy(update={"back": back, "granularity": granularity}), now)
        return replace(right, given=label not in varied.refused)

    def close(self, done: Run, records: Iterable[Table]) -> Run:
        return super().close(done, records) if self._keeps else done
