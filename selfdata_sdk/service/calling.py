"""Calling a service: data in, once; what it gives out, one by one. The same wherever its code runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import rfc8785
from pydantic import ValidationError

from selfdata_sdk.errors import FixService, OutputError, ServiceFailed
from selfdata_sdk.model.text import Language

from .blocks import BLOCKS, reasons
from .context import Context
from .dataset import Dataset
from .deriving import written
from .payload import Payload
from .service import Service
from .setting import Value

_PARTS = {"Metric", "Comparison", "Point", "Points", "Reference", "Text"}
FOREIGN = "an exception of its own"

NAMED: tuple[type[BaseException], ...] = (
    ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, FileNotFoundError, FloatingPointError,
    ImportError, IndexError, KeyError, LookupError, MemoryError, ModuleNotFoundError, NameError, NotImplementedError,
    OSError, OverflowError, PermissionError, RecursionError, ReferenceError, RuntimeError, StopIteration, SyntaxError,
    SystemError, SystemExit, TimeoutError, TypeError, UnboundLocalError, UnicodeDecodeError, UnicodeEncodeError,
    UnicodeError, ValueError, ZeroDivisionError,
)  # fmt: skip
"""The exceptions that are named: the name of a class that a service made could carry a personal value."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one run is given. `now` is aware, in the zone `tz`; `settings` holds every setting's value."""

    payloads: Mapping[str, Payload]
    now: datetime
    tz: str
    language: Language
    settings: Mapping[str, Value]


def call(service: Service[...], given: Given) -> Iterator[object]:
    """What the service gives, one by one: blocks, if it keeps to the contract.

    Its own errors as ServiceFailed, without their text, which may hold data; OutputError for what is no block.
    """
    datasets = {r.label: Dataset.of(r.row, given.payloads[r.label]) for r in service.requests}
    context = Context(given.now, given.tz, given.language, _random(service.id, given))
    try:
        outputs: object = service(**{service.context: context}, **datasets, **given.settings)
        if isinstance(outputs, BLOCKS) or not isinstance(outputs, Iterable):
            raise OutputError(
                f"The service returned {called(outputs)}.",
                where=service.id,
                next="Return a list of blocks, or yield them.",
            )
        yield from outputs
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


def _random(id: str, given: Given) -> Random:
    texts = {name: written(value) for name, value in given.settings.items()}
    seed = rfc8785.dumps([id, given.now.astimezone(UTC).isoformat(), texts])
    return Random(int.from_bytes(hashlib.sha256(seed).digest()))


def _failed(service: Service[...], error: BaseException) -> ServiceFailed:
    return failed(service.id, named(error), line_in(service, error))


def failed(id: str, name: str, line: int | None) -> ServiceFailed:
    """That a service raised an exception of this name."""
    where = id if line is None else f"{id}, line {line}"
    return ServiceFailed(f"The service raised {name}.", where=where, next="Its author sees why with --debug.")


def named(error: BaseException) -> str:
    """The name of the built-in exception that an error is, and nothing else of it."""
    return next((k.__name__ for k in type(error).__mro__ if k in NAMED), FOREIGN)


def line_in(service: Service[...], error: BaseException) -> int | None:
    """The line of the service's own file at which the error came up; None if it did not."""
    line, at = None, error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == service.function.__code__.co_filename:
            line = at.tb_lineno
        at = at.tb_next
    return line


def called(given: object) -> str:
    """What a thing that is no block is, in words."""
    if given is None:
        return "nothing"
    return f"one {type(given).__name__}" if isinstance(given, BLOCKS) else f"a {type(given).__name__}"
