"""Settings: what the person may adjust in a service."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from selfdata_sdk.errors import RequestError, ServiceMistake
from selfdata_sdk.model.text import Text, is_clean

from .need import Problem, text_problems

Value = int | float | bool | str
Kind = Literal["integer", "number", "boolean", "text"]

_KINDS: dict[type, Kind] = {int: "integer", float: "number", bool: "boolean", str: "text"}
_MAX_TEXT = 200
_MAX_INTEGER = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that the person may adjust; the parameter's default is its value until they do.

    ge, le   inclusive bounds, for numbers
    choices  the values that are allowed, for texts; a `Literal` annotation says the same
    """

    title: Text
    ge: float | None = None
    le: float | None = None
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A setting as a service has it: its parameter's name, kind and default."""

    name: str
    kind: Kind
    default: Value
    title: Text
    ge: float | None = None
    le: float | None = None
    choices: tuple[str, ...] | None = None

    def read(self, given: object) -> Value:
        """`given`, a value or its text (`--set goal=100`), as this setting's kind; RequestError if it cannot be."""
        value = _parsed(self.kind, given) if isinstance(given, str) and self.kind != "text" else given
        for problem, step in _value_problems(self, value):
            raise RequestError(problem, where=f"setting {self.name}", next=step)
        return float(value) if self.kind == "number" else value  # type: ignore[arg-type, return-value]


def read_settings(options: tuple[Option, ...], given: Mapping[str, object]) -> dict[str, Value]:
    """Every setting's value: the one given, else its default."""
    known = {o.name: o for o in options}
    for name in given:
        if name not in known:
            raise RequestError(
                f"The service has no setting {name}.",
                next=f"It has {', '.join(known)}." if known else "It has none.",
            )
    return {name: option.read(given[name]) if name in given else option.default for name, option in known.items()}


def option_of(name: str, annotation: Any, setting: Setting, default: Any, where: str) -> Option:
    """The checked setting of a parameter; ServiceMistake, placed at `where`, if it is declared wrongly."""
    choices = setting.choices
    if get_origin(annotation) is Literal:
        choices, annotation = get_args(annotation), type(get_args(annotation)[0])
    kind = _KINDS.get(annotation) if isinstance(annotation, type) else None
    if kind is None:
        raise ServiceMistake(
            "A setting cannot have this type.", where=where, next="Use int, float, bool, str or Literal of texts."
        )
    option = Option(name, kind, default, setting.title, setting.ge, setting.le, choices)
    for problem, step in _option_problems(option):
        raise ServiceMistake(problem, where=where, next=step)
    for problem, step in _value_problems(option, default):
        raise ServiceMistake(f"default: {problem}", where=where, next=step)
    return option


def _option_problems(option: Option) -> Iterator[Problem]:
    yield from text_problems("title", option.title, 1, 80)
    bounded = option.ge is not None or option.le is not None
    if bounded and option.kind not in ("integer", "number"):
        yield f"ge and le are for numbers, and this is a {option.kind}.", "Remove them."
    if option.ge is not None and option.le is not None and option.ge > option.le:
        yield "ge is greater than le.", "Exchange them."
    if option.choices is not None:
        if option.kind != "text" or not option.choices or not all(isinstance(c, str) for c in option.choices):
            yield "choices are texts, for a setting that is a text.", "Annotate it as str or as Literal of texts."
        elif len(set(option.choices)) < len(option.choices):
            yield "A choice is given twice.", "Remove one."


def _parsed(kind: Kind, text: str) -> object:
    if kind == "boolean":
        return {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}.get(
            text.lower(), text
        )
    if kind == "integer" and re.fullmatch(r"[+-]?\d{1,16}", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"[+-]?\d{1,198}([.,]\d{1,198})?", text):
        return float(text.replace(",", "."))
    return text


_OTHER_KIND: dict[Kind, Problem] = {
    "integer": ("This is not a whole number.", "Give a whole number."),
    "number": ("This is not a number.", "Give a number."),
    "boolean": ("This is not yes or no.", "Give yes or no."),
    "text": ("This is not a text.", "Give a text."),
}


def _value_problems(option: Option, value: object) -> Iterator[Problem]:
    wanted: dict[Kind, tuple[type, ...]] = {
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "text": (str,),
    }
    if not isinstance(value, wanted[option.kind]) or (isinstance(value, bool) and option.kind != "boolean"):
        yield _OTHER_KIND[option.kind]
        return
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value) or abs(value) > _MAX_INTEGER:
            yield "The number is too large.", "Give a smaller one."
        elif option.ge is not None and value < option.ge:
            yield f"It must be at least {option.ge:g}.", f"Give {option.ge:g} or more."
        elif option.le is not None and value > option.le:
            yield f"It must be at most {option.le:g}.", f"Give {option.le:g} or less."
    if isinstance(value, str):
        if option.choices is not None and value not in option.choices:
            yield "It is none of the choices.", f"Give one of {', '.join(option.choices)}."
        elif len(value) > _MAX_TEXT or not is_clean(value):
            yield f"It is not one clean line of at most {_MAX_TEXT} characters.", "Shorten or retype it."
