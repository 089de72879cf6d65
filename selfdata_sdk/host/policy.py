"""What the operator of a host decides for everybody, and for single persons: a file, `policy.toml`.

    precision = "1km"                        # the finest place that any service is given: exact, 1km, 10km

    [services]
    allow = ["org.example.water-coach"]      # only these; all if there is no such line
    deny = ["org.example.old-coach"]         # not these

    [needs."*"]                              # every record type
    back = "P1Y"                             # how far back at most

    [needs."electricity.use/1"]
    finest = "day"                           # the finest granularity
    refused = false                          # true: no service is given any of it

    [quota]
    runs_per_day = 24                        # of one person, all services together, in days of UTC

    [persons."0123456789abcdef0123456789abcdef".services]
    allow = []                               # the keys above, for one person

    [walls]
    require = "all"                          # or landlock, namespaces: enough where a machine lacks the other
    native = true                            # false: no service with native code, though it was installed

    [limits]                                 # of one run
    cpu_seconds = 10
    seconds = 30
    memory_mb = 256
    output_kb = 1024

What a person's part does not say holds as it stands for everybody. Walls and limits are those of the sandbox, which is
the same for all.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ..consent.policy import Policy
from ..errors import RequestError
from ..model import REGISTRY, Registry
from ..model.time import Duration, Granularity
from ..service.manifest import is_service_id
from ..service.need import Precision

if TYPE_CHECKING:
    from .sandbox import Sandbox

ALL = "*"
PERSON = re.compile("[0-9a-f]{32}")
"""An opaque person id, as it stands in paths."""


def _duration(text: str) -> str:
    try:
        Duration.parse(text)
    except RequestError as error:
        raise ValueError(error.what) from None
    return text


def _service_id(text: str) -> str:
    if not is_service_id(text):
        raise ValueError("This is not the id of a service")
    return text


Back = Annotated[str, AfterValidator(_duration)]
ServiceId = Annotated[str, AfterValidator(_service_id)]
PersonId = Annotated[str, Field(pattern=f"^{PERSON.pattern}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Services(_Part):
    """Which services run at all. allow: None for all."""

    allow: frozenset[ServiceId] | None = Field(None, strict=False)
    deny: frozenset[ServiceId] = Field(frozenset(), strict=False)


class NeedLimits(_Part):
    """What is given of one record type at most."""

    refused: bool = False
    finest: Granularity | None = None
    back: Back | None = None


class Quota(_Part):
    """How often services run for one person; None for as often as they like."""

    runs_per_day: int | None = Field(None, ge=0)


class Rules(_Part):
    """What holds for one person, or for everybody."""

    precision: Precision = "exact"
    services: Services = Services()
    needs: Mapping[str, NeedLimits] = {}
    quota: Quota = Quota()

    def allows(self, service: str) -> bool:
        """True if the service may run."""
        allow = self.services.allow
        return (allow is None or service in allow) and service not in self.services.deny

    @property
    def policy(self) -> Policy:
        """What limits every grant."""
        return Policy(
            refused=frozenset(name for name, need in self.needs.items() if need.refused),
            finest={name: need.finest for name, need in self.needs.items() if need.finest is not None},
            back={name: need.back for name, need in self.needs.items() if need.back is not None},
            precision=self.precision,
        )


class Walls(_Part):
    """What must stand around every run. native: False to run no native code, whoever approved its installation."""

    require: Literal["all", "landlock", "namespaces"] = "all"
    native: bool = True


class RunLimits(_Part):
    """What one run may use; None for what the sandbox gives by itself."""

    cpu_seconds: int | None = Field(None, ge=1, le=3600)
    seconds: int | None = Field(None, ge=1, le=3600)
    memory_mb: int | None = Field(None, ge=32, le=65536)
    output_kb: int | None = Field(None, ge=1, le=65536)


class HostPolicy(Rules):
    """The rules for everybody, those that differ for a person, and what the sandbox is like."""

    persons: Mapping[PersonId, Rules] = {}
    walls: Walls = Walls()
    limits: RunLimits = RunLimits()

    def for_person(self, person: str) -> Rules:
        """The rules that hold for a person: what theirs does not say is as it is for everybody."""
        own = self.persons.get(person)
        everybody = self.model_dump(exclude_unset=True, include=set(Rules.model_fields))
        return Rules.model_validate(everybody if own is None else _over(everybody, own.model_dump(exclude_unset=True)))

    def sandbox(self) -> Sandbox:
        """A sandbox with these walls and limits, for run after run: no processor idles, so none is begun ahead."""
        from .sandbox import Limits, Sandbox
        from .sandbox.limits import MIB

        own = self.limits
        given = {
            "seconds": own.seconds,
            "cpu_seconds": own.cpu_seconds,
            "memory": own.memory_mb and own.memory_mb * MIB,
            "output": own.output_kb and own.output_kb * 1024,
        }
        modes = dict.fromkeys(["all", self.walls.require])
        limits = Limits(**{name: value for name, value in given.items() if value})
        return Sandbox(tuple(modes), limits, ahead=False)

    def among(self, persons: Iterable[str]) -> HostPolicy:
        """The same for these persons, without what concerns others."""
        found = {p: self.persons[p] for p in persons if p in self.persons}
        return self.model_copy(update={"persons": found})

    @classmethod
    def read(cls, path: Path, registry: Registry = REGISTRY) -> HostPolicy:
        """The policy of a file. RequestError names the key that is wrong, or the line that is not TOML."""
        try:
            policy = cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise RequestError(
                f"The policy cannot be read ({error.strerror}).", where=path.name, next="Name another file."
            ) from None
        except UnicodeDecodeError:
            raise RequestError("The policy is not UTF-8.", where=path.name, next="Save it as UTF-8.") from None
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            raise RequestError(
                "The policy is not TOML.",
                where=f"{path.name}, line {line[1]}" if line else path.name,
                next="Correct it there.",
            ) from None
        except ValidationError as error:
            raise _wrong(error, path.name) from None
        policy._refuse_unknown_types(path.name, registry)
        return policy

    def _refuse_unknown_types(self, file: str, registry: Registry) -> None:
        """A limit on a type that is misspelt would limit nothing."""
        parts = [("", self.needs)] + [(f"persons.{person}.", rules.needs) for person, rules in self.persons.items()]
        for where, needs in parts:
            for name in needs:
                if name != ALL and name not in registry:
                    near = difflib.get_close_matches(name, [t.type for t in registry], 1, 0.5)
                    raise RequestError(
                        f"There is no record type “{name[:60]}”.",
                        where=f"{file}, {where}needs",
                        next=f"Did you mean {near[0]}?" if near else "`selfdata schema` lists them.",
                    )


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the values of `own`, table by table."""
    tables = {k: _over(base.get(k, {}), v) for k, v in own.items() if isinstance(v, Mapping)}
    return {**base, **own, **tables}


def _wrong(error: ValidationError, file: str) -> RequestError:
    """The first thing that is wrong: a key that is not known, or a value."""
    first = error.errors(include_input=False, include_url=False)[0]
    *above, name = (str(part) for part in first["loc"] if part != "[key]")
    if first["type"] != "extra_forbidden":
        return RequestError(
            f"The value is not valid: {first['msg'].removeprefix('Value error, ').rstrip('.')}.",
            where=f"{file}, {'.'.join([*above, name])}",
            next="Correct it there.",
        )
    near = difflib.get_close_matches(name, _KEYS - {name}, 1, 0.5)
    return RequestError(
        f"There is no key “{name[:60]}”.",
        where=f"{file}, {'.'.join(above)}" if above else file,
        next=f"Did you mean {near[0]}?" if near else "Correct the spelling, or update the SDK.",
    )


_KEYS = {name for part in (HostPolicy, Services, NeedLimits, Quota, Walls, RunLimits) for name in part.model_fields}
