"""The log of a host: one JSON object a line, of events and fields from fixed lists, so that none can hold personal data.

The person is in no line. A run's id is random; the person's own record of the run holds it too.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Literal, TextIO, Unpack, get_args

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict  # of pydantic: it cannot check the one of typing before Python 3.12

from ..service.manifest import ServiceId
from .report import BlockKind, Count, Digest, ErrorName, Outcome, RunReport, Seconds, Version, Wall, error_name

Event = Literal[
    "run_started",
    "run_ended",
    "plugin_fault",
    "service_installed",
    "service_removed",
    "update_waits",
    "sandbox_ready",
    "sandbox_refused",
    "fleet_started",
    "fleet_ended",
]
EVENTS: tuple[Event, ...] = get_args(Event)

_Name = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$")]


@with_config(ConfigDict(strict=True, extra="forbid"))
class Fields(TypedDict, total=False):
    """What a line may say beside its event.

    run    32 hexadecimal digits, random
    count  of what the event is about: persons of a fleet, services that wait
    """

    run: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")]
    service: ServiceId
    version: Version
    code: Digest
    walls: tuple[Wall, ...]
    outcome: Outcome
    error: ErrorName | None
    seconds: Seconds
    cpu_seconds: Seconds
    peak_memory: Count
    blocks: dict[BlockKind, Count]
    plugin: _Name
    distribution: _Name
    count: Count


class Log:
    """Writes events to one of Python's loggers."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def write(self, event: Event, *, level: int = logging.INFO, **fields: Unpack[Fields]) -> None:
        """Write an event. What is not of its field's form is left out, and the field named as `refused`."""
        self._logger.log(level, event if event in EVENTS else "other", extra={"selfdata": _kept(fields)})

    def run_ended(self, report: RunReport) -> None:
        """Write what a run came to."""
        self.write(
            "run_ended",
            run=report.run,
            service=report.service,
            version=report.version,
            code=report.code,
            walls=report.walls,
            outcome=report.outcome,
            error=report.error,
            seconds=report.seconds,
            cpu_seconds=report.cpu_seconds,
            peak_memory=report.peak_memory,
            blocks=dict(report.blocks),
        )


def logger(name: Literal["selfdata.host", "selfdata.fleet", "selfdata.plugins"]) -> Log:
    """The log of a part of the host. Nothing is written until a handler is added (see `handler`)."""
    logging.getLogger("selfdata").addHandler(_NOWHERE)
    return Log(name)


def handler(stream: TextIO) -> logging.Handler:
    """A handler that writes events as lines of JSON: `logging.getLogger("selfdata").addHandler(handler(stream))`.

    Of lines that other code writes to the same loggers, only the class of an exception is kept.
    """
    made = logging.StreamHandler(stream)
    made.setFormatter(_Lines())
    return made


_NOWHERE = logging.NullHandler()


class _Kept(dict[str, object]):
    """Fields that were checked."""


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        kept = getattr(record, "selfdata", None)
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": "other",
        }
        if isinstance(kept, _Kept):
            line |= {"event": record.msg, **kept}
        elif record.exc_info and record.exc_info[1] is not None:
            line["error"] = error_name(record.exc_info[1])
        return json.dumps(line)


@cache
def _fields() -> TypeAdapter[Fields]:
    return TypeAdapter(Fields)


def _kept(fields: Fields) -> _Kept:
    try:
        return _Kept(_fields().validate_python(fields))
    except ValidationError as error:
        wrong = {e["loc"][0] for e in error.errors(include_input=False, include_context=False)}
        kept = {name: value for name, value in fields.items() if name not in wrong}
        return _Kept(kept, refused=sorted(Fields.__annotations__.keys() & wrong))
