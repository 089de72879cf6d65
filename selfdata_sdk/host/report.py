"""What a run came to, for those who watch a host: counts and durations, without the person or a word of theirs."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from .. import errors
from ..errors import AskPerson, FixService
from ..service.manifest import ServiceId

Outcome = Literal["done", "denied", "failed", "stopped"]
"""denied: a person must agree first. failed: the service's own doing. stopped: the host's, the cloud's or the caller's."""
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
BlockKind = Literal["card", "chart", "alert", "action", "ask", "save", "no_insight"]


def error_name(error: BaseException) -> str:
    """The class of an exception, as the nearest one that Python or the SDK has: other names may hold anything."""
    known = (vars(errors), vars(builtins))
    return next(k.__name__ for k in type(error).__mro__ if any(names.get(k.__name__) is k for names in known))


def _known(name: str) -> str:
    kinds = (vars(errors).get(name), vars(builtins).get(name))
    if not any(isinstance(kind, type) and issubclass(kind, BaseException) for kind in kinds):
        raise ValueError("is no exception of Python or of the SDK")
    return name


ErrorName = Annotated[str, AfterValidator(_known)]
Version = Annotated[str, Field(pattern=r"^([0-9][0-9A-Za-z.+!_-]{0,63})?$")]
Digest = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
Wall = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True, config=ConfigDict(strict=True, hide_input_in_errors=True))
class RunReport:
    """How one run of a service ended. It names no person and quotes nothing: every value is of a fixed form.

    What a service does depends on the data that it sees, so these figures do, too: `metrics.shared` says what of
    them may be told to others.

    code         SHA-256 of the service's code, hexadecimal; "" for code that is not pinned
    walls        what held the service, by name; none for code that ran in the host's own process
    error        the class of the error that ended the run; None if it is done
    seconds      how long the run took; `cpu_seconds`: how much processor time of that
    peak_memory  bytes
    blocks       how many blocks of each kind the person was given
    run          the run's random id, which only the person's own record of it has besides; "" if it has none

    ValueError if a value is not of its form.
    """

    service: ServiceId
    version: Version
    code: Digest
    walls: tuple[Wall, ...]
    outcome: Outcome
    error: ErrorName | None
    seconds: Seconds
    cpu_seconds: Seconds
    peak_memory: Count
    blocks: Mapping[BlockKind, Count]
    run: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""


def outcome_of(error: BaseException | None) -> Outcome:
    """What a run came to that ended with `error`, or well."""
    match error:
        case None:
            return "done"
        case AskPerson():
            return "denied"
        case FixService():
            return "failed"
        case _:
            return "stopped"
