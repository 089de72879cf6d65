"""Limits as a person writes them: water:granularity=day,back=P90D,precision=1km,where.basis=reported."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import get_args

from ..consent.grant import Limits
from ..consent.precision import PLACE
from ..errors import RequestError
from ..model import Registry
from ..model.field import fields_of
from ..model.time import GRANULARITIES, Duration
from ..service.manifest import AskedNeed, Manifest
from ..service.need import Precision, back_problem

_PRECISIONS: tuple[str, ...] = get_args(Precision)
_WHERE = "where."


def need_named(manifest: Manifest, name: str) -> str:
    """The label of a need; RequestError suggests the nearest one."""
    if name not in manifest.needs:
        near = difflib.get_close_matches(name, manifest.needs, 1, 0.5)
        raise RequestError(
            f"{manifest.id} has no need “{name[:60]}”.",
            next=f"Did you mean {near[0]}?" if near else f"It has {', '.join(sorted(manifest.needs))}.",
        )
    return name


def read_limits(text: str, label: str, need: AskedNeed, registry: Registry) -> Limits:
    """The limits on a need. RequestError for an axis or a value that there is not."""
    place, choices = f"--limit {label}", _choices(need, registry)
    given: dict[str, tuple[str, ...]] = {}
    for part in text.split(","):
        axis, _, words = (p.strip() for p in part.partition("="))
        if not words:
            raise RequestError(
                "No limit was named.", where=place, next="Write it like --limit water:granularity=day,back=P90D."
            )
        if axis not in choices:
            near = difflib.get_close_matches(axis, choices, 1, 0.5)
            raise RequestError(
                f"There is no limit “{axis[:60]}”.",
                where=place,
                next=f"Did you mean {near[0]}?" if near else f"It has {', '.join(choices)}.",
            )
        given[axis] = tuple(words.split("|")) if axis.startswith(_WHERE) else (words,)
        _refuse_unknown(axis, given[axis], choices[axis], place)
    one = {axis: words[0] for axis, words in given.items() if not axis.startswith(_WHERE)}
    where = {axis.removeprefix(_WHERE): words for axis, words in given.items() if axis not in one}
    return Limits.model_validate({**one, "where": where})


def _choices(need: AskedNeed, registry: Registry) -> Mapping[str, tuple[str, ...]]:
    """The axes on which a need can be limited, with the values that each has; any duration for “back”."""
    specs = fields_of(registry.get(need.record_type)) if need.record_type in registry else {}
    fields = {f"{_WHERE}{n}": s.choices or s.known for n, s in specs.items() if n not in ("quality", "status")}
    return {
        "granularity": GRANULARITIES,
        "back": (),
        **({"precision": _PRECISIONS} if {*PLACE} <= specs.keys() else {}),
        **{axis: values for axis, values in fields.items() if values},
    }


def _refuse_unknown(axis: str, words: tuple[str, ...], choices: tuple[str, ...], place: str) -> None:
    if axis == "back":
        if back_problem(words[0]):
            raise RequestError(
                f"“{words[0][:40]}” is no length of time.", where=place, next="Write it like P30D, P6M, P1Y or PT30M."
            )
    elif unknown := [word for word in words if word not in choices]:
        raise RequestError(
            f"The limit {axis} has no value “{unknown[0][:60]}”.", where=place, next=f"It has {', '.join(choices)}."
        )


def idle(need: AskedNeed, limits: Limits) -> Iterator[str]:
    """The axes on which limits leave a need as it is: they allow all that it asks for."""
    grains, precise = GRANULARITIES.index, _PRECISIONS.index
    if limits.granularity is not None and grains(limits.granularity) >= grains(need.granularity):
        yield "granularity"
    if limits.precision is not None and precise(limits.precision) <= precise(need.precision):
        yield "precision"
    if limits.back is not None and Duration.parse(limits.back).nominal >= Duration.parse(need.back).nominal:
        yield "back"
    for name, words in limits.where.items():
        if name in need.where and set(need.where[name]) <= set(words):
            yield f"{_WHERE}{name}"
