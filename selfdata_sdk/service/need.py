"""Needs: why a service asks for a dataset, how fine, and how far back."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from selfdata_sdk.errors import RequestError, ServiceMistake
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.record import Record
from selfdata_sdk.model.reduction import reducible
from selfdata_sdk.model.text import LANGUAGES, Text
from selfdata_sdk.model.time import GRANULARITIES, NOMINAL, Duration, Granularity

from .purpose import PURPOSES, REFUSED, Purpose
from .row import Shape

Precision = Literal["exact", "1km", "10km"]

DEFAULT_BACK = "P30D"
WHY_LENGTH = (20, 160)
MAX_BACK = 120 * NOMINAL["year"]


@dataclass(frozen=True, slots=True)
class Need:
    """Why a dataset is asked for, and how much of it.

    why          20 to 160 characters in each language, shown to the person
    granularity  how fine; if not given, the finest that the record type gives without a consent of its own
    at_worst     the coarsest that is still of use; if not given, the granularity itself
    back         how far back, as an ISO 8601 duration
    without      what is lost without it; a need that has it is optional
    precision    for places: "exact", "1km" or "10km"
    where        one enumerated field limited to some values, like {"commodity": ("water",)}
    purpose      what the data are used for
    ongoing      whether data that come later are wanted too
    """

    why: Text
    granularity: Granularity | None = None
    at_worst: Granularity | None = None
    back: str = DEFAULT_BACK
    without: Text | None = None
    precision: Precision = "exact"
    where: Mapping[str, Sequence[str]] | None = None
    purpose: Purpose = "requested_service_provision"
    ongoing: bool = True

    @property
    def required(self) -> bool:
        return self.without is None

    def finest(self, record_type: type[Record]) -> Granularity:
        """The granularity that is asked for."""
        return self.granularity or record_type.facts.finest

    def coarsest(self, record_type: type[Record]) -> Granularity:
        """The coarsest granularity that is still of use."""
        return self.at_worst or self.finest(record_type)


def check_need(need: Need, shape: Shape, where: str) -> None:
    """ServiceMistake, placed at `where`, for the first thing that is wrong with a need for such rows."""
    for problem in _problems(need, shape):
        raise ServiceMistake(problem[0], where=where, next=problem[1])


Problem = tuple[str, str]


def _problems(need: Need, shape: Shape) -> Iterator[Problem]:
    yield from text_problems("why", need.why, *WHY_LENGTH)
    if need.without is not None:
        yield from text_problems("without", need.without, 1, WHY_LENGTH[1])
    yield from _granularity_problems(need, shape)
    yield from _back_problems(need.back)
    yield from _precision_problems(need, shape)
    yield from _where_problems(need.where, shape.record_type)
    yield from _purpose_problems(need.purpose)


def text_problems(name: str, text: object, shortest: int, longest: int) -> Iterator[Problem]:
    """What is wrong with a text that a person reads."""
    if isinstance(text, str):
        yield f"{name} is in one language only.", f'Write {name}=Text(en="…", fr="…").'
    elif isinstance(text, Mapping):
        missing = [language for language in LANGUAGES if not text.get(language)]
        yield (
            f"{name} has no “{missing[0]}”." if missing else f"{name} is not a Text.",
            f'Write {name}=Text(en="…", fr="…").',
        )
    elif not isinstance(text, Text):
        yield f"{name} is not a Text.", f'Write {name}=Text(en="…", fr="…").'
    else:
        for language in LANGUAGES:
            n = len(text.say(language))
            if not shortest <= n <= longest:
                yield (
                    f"{name} has {n} characters in “{language}”.",
                    f"Write {shortest} to {longest}, for the person who decides.",
                )


def _granularity_problems(need: Need, shape: Shape) -> Iterator[Problem]:
    for name, value in (("granularity", need.granularity), ("at_worst", need.at_worst)):
        if value is not None and value not in GRANULARITIES:
            near = difflib.get_close_matches(str(value), GRANULARITIES, 1, 0.4)
            step = f"Did you mean “{near[0]}”? " if near else ""
            yield f"There is no {name} “{value}”.", f"{step}Use one of {', '.join(GRANULARITIES)}."
            return
    record_type = shape.record_type
    finest, coarsest = need.finest(record_type), need.coarsest(record_type)
    if GRANULARITIES.index(coarsest) > GRANULARITIES.index(finest):
        yield f"at_worst “{coarsest}” is finer than granularity “{finest}”.", "Give the coarsest that is still of use."
    if coarsest == "raw":
        return
    if not reducible(record_type):
        yield f"{record_type.__name__} is not a time series: it has no “{coarsest}”.", "Leave the granularity out."
    if lists := [f.name for f in shape.fields if f.nested is not None]:
        yield f"{lists[0]} is a list, which has no “{coarsest}”.", 'Ask with granularity="raw", or remove the field.'


def _back_problems(back: object) -> Iterator[Problem]:
    if problem := back_problem(back if isinstance(back, str) else repr(back)):
        yield f"back: {problem}", "Write it like P30D, P6M or P1Y."


def back_problem(back: str) -> str | None:
    """What is wrong with a duration that says how far back."""
    try:
        nominal = Duration.parse(back).nominal
    except RequestError as error:
        return error.what
    if nominal <= 0:
        return "It is no time at all."
    return "It is longer than a life." if nominal > MAX_BACK else None


def _precision_problems(need: Need, shape: Shape) -> Iterator[Problem]:
    if need.precision not in get_args(Precision):
        yield f"There is no precision “{need.precision}”.", f"Use one of {', '.join(get_args(Precision))}."
    elif need.precision != "exact" and not {"lat", "lon"} <= set(fields_of(shape.record_type)):
        yield f"{shape.record_type.__name__} holds no places, so it has no precision.", "Leave precision out."


def _where_problems(where: object, record_type: type[Record]) -> Iterator[Problem]:
    if where is None:
        return
    if not isinstance(where, Mapping) or len(where) != 1:
        yield "where limits one field.", 'Write it like where={"commodity": ("water",)}.'
        return
    ((name, values),) = where.items()
    spec = fields_of(record_type).get(name)
    known = () if spec is None else spec.choices or spec.known
    if not known or name in ("quality", "status"):
        fields = [
            n for n, f in fields_of(record_type).items() if f.known or (f.choices and n not in ("quality", "status"))
        ]
        has = f"It has {', '.join(fields)}." if fields else "It has none: leave where out."
        yield f"where: {record_type.__name__} has no enumerated field {name}.", has
    elif isinstance(values, str) or not values:
        yield f"where: {name} is limited to no value.", f"Give some of {', '.join(known)}, as a tuple."
    elif unknown := [v for v in values if v not in known]:
        yield f"where: {name} has no value {unknown[0]}.", f"Give some of {', '.join(known)}, as a tuple."


def _purpose_problems(purpose: Any) -> Iterator[Problem]:
    if purpose in REFUSED:
        yield f"The purpose “{purpose}” is refused: no person can be asked for it here.", "Remove the need."
    elif purpose not in PURPOSES:
        near = difflib.get_close_matches(str(purpose), PURPOSES, 1, 0.4)
        step = f"Did you mean “{near[0]}”?" if near else f"Use one of {', '.join(PURPOSES)}."
        yield f"There is no purpose “{purpose}”.", step
