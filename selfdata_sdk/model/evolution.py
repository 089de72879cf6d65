"""How record types change: what a minor version may do, and the way from one major version to the next.

Inside a major version what was valid stays valid and means the same: only optional fields are added, no rule
becomes stricter, no default, unit or natural key changes. A name that was ever removed is not used again.
Anything else is a new major version with an upcaster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, cast

from ..errors import RecordTypeError
from .record import Record
from .schema import JsonSchema

# Words whose change alters the meaning of what is stored.
_FIXED = ("$ref", "default", "x-unit", "x-reduce", "format")
_FIXED_OF_TYPE = ("x-time", "x-natural-key", "x-series")
# Bounds that may only fall (lower ones) or rise (upper ones).
_LOWER = ("minimum", "x-minimum", "minLength", "minItems")
_UPPER = ("maximum", "x-maximum", "maxLength", "maxItems")
# Rules that may only be dropped.
_RULES = ("pattern", "x-clean", "x-zone")


def breaches(new: JsonSchema, earlier: Iterable[JsonSchema]) -> list[str]:
    """What `new` breaks of the earlier schemas of the same record type, each as a sentence; empty if nothing.

    Schemas of other names are passed over; those of earlier majors count only for names that were removed.
    """
    name, major, minor = _version(new)
    known = [(v[1], v[2], s) for s in earlier if (v := _version(s))[0] == name and v[1:] < (major, minor)]
    known.sort(key=lambda version: version[:2])
    found = []
    for old_major, old_minor, old in known:
        if old_major == major:
            found += [f"{major}.{minor} against {major}.{old_minor}: {text}" for text in changes(old, new)]
    for field in sorted(_retired([s for _, _, s in known]) & new["properties"].keys()):
        found.append(f"{field}: is the name of a field that was removed, which is never used again")
    return found


def _version(schema: JsonSchema) -> tuple[str, int, int]:
    name, _, version = schema["$id"].removeprefix("urn:selfdata:schema:").partition(":")
    major, _, minor = version.partition(".")
    return name, int(major), int(minor)


def _retired(versions: list[JsonSchema]) -> set[str]:
    """Names that some version had and a later one has not."""
    seen: set[str] = set()
    retired: set[str] = set()
    for schema in versions:
        names = schema["properties"].keys()
        retired |= seen - names
        seen |= names
    return retired


def changes(old: JsonSchema, new: JsonSchema) -> Iterator[str]:
    """What `new` breaks of `old`, another version of the same major."""
    for word in _FIXED_OF_TYPE:
        if old.get(word) != new.get(word):
            yield f"{word} changes from {old.get(word)} to {new.get(word)}"
    yield from _object(old, new, "")
    for name, definition in old.get("$defs", {}).items():
        if name in new.get("$defs", {}):
            yield from _node(definition, new["$defs"][name], name)


def _object(old: JsonSchema, new: JsonSchema, path: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    required = set(new.get("required", ()))
    for name in before:
        where = f"{path}.{name}" if path else name
        if name not in after:
            yield f"{where}: is removed"
            continue
        if name in required and name not in old.get("required", ()):
            yield f"{where}: was optional and becomes required"
        yield from _node(before[name], after[name], where)
    for name in required - before.keys():
        yield f"{f'{path}.{name}' if path else name}: is new and required; new fields are optional"


def _node(old: JsonSchema, new: JsonSchema, path: str) -> Iterator[str]:
    yield from (f"{path}: {text}" for text in (*_kinds(old, new), *_words(old, new), *_bounds(old, new)))
    for word in _FIXED:
        if old.get(word) != new.get(word):
            yield f"{path}: {word} changes from {old.get(word)} to {new.get(word)}"
    for word in _RULES:
        if word in new and old.get(word) != new[word]:
            yield f"{path}: {word} is new or other than it was"
    yield from _object(old, new, path)
    for word in ("items", "additionalProperties"):
        yield from _inside(old.get(word), new.get(word), f"{path}[{word}]")
    yield from _choices(old.get("anyOf"), new.get("anyOf"), path)


def _inside(old: object, new: object, path: str) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _node(old, new, path)
    elif new is False and old is not False:
        yield f"{path}: other values are no longer allowed"
    elif isinstance(new, dict) and new and not isinstance(old, dict):
        yield f"{path}: has rules that it did not have"


def _kinds(old: JsonSchema, new: JsonSchema) -> Iterator[str]:
    """The JSON types: all, if none are named."""
    if "type" not in new:
        return
    before, after = _listed(old.get("type")), _listed(new["type"])
    if "number" in after:
        after = after | {"integer"}
    if not before:
        yield f"is limited to {', '.join(sorted(after))}"
    elif lost := before - after:
        yield f"is no longer allowed to be {' or '.join(sorted(lost))}"


def _listed(kinds: object) -> set[str]:
    if kinds is None:
        return set()
    return {kinds} if isinstance(kinds, str) else set(cast(list[str], kinds))


def _words(old: JsonSchema, new: JsonSchema) -> Iterator[str]:
    if "enum" in new and "enum" not in old:
        yield "was open and becomes a closed list of values"
    for word in ("enum", "x-values"):
        if word in new and (lost := [v for v in old.get(word, ()) if v not in new[word]]):
            yield f"loses the values {', '.join(map(str, lost))}"
    if "x-values" in old and "x-values" not in new and "enum" not in new:
        yield f"loses the values {', '.join(old['x-values'])}"


def _bounds(old: JsonSchema, new: JsonSchema) -> Iterator[str]:
    for word in (*_LOWER, *_UPPER):
        if word not in new:
            continue
        if word not in old:
            yield f"{word} is new"
        elif _number(new[word]) != _number(old[word]):
            stricter = _number(new[word]) > _number(old[word])
            if stricter == (word in _LOWER):
                yield f"{word} is tightened from {old[word]} to {new[word]}"


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


def _choices(old: object, new: object, path: str) -> Iterator[str]:
    """Each alternative that was allowed must fit one that is."""
    if not isinstance(new, list):
        return
    if not isinstance(old, list):
        yield f"{path}: is limited to some alternatives"
        return
    for index, choice in enumerate(old):
        if all(any(_node(choice, other, path)) for other in new):
            yield f"{path}: alternative {index + 1} is no longer allowed"


# Upcasters

Upcast = Callable[[Any], Record]


class Upcasters:
    """Pure functions from one major version of a record type to the next."""

    def __init__(self) -> None:
        self._steps: dict[type[Record], tuple[type[Record], Upcast]] = {}

    def upcaster(self, from_type: type[Record], to_type: type[Record]) -> Callable[[Upcast], Upcast]:
        """Register the decorated function as the way from `from_type` to `to_type`, the next major of one name."""
        name, major = _named(from_type)
        if _named(to_type) != (name, major + 1):
            raise RecordTypeError(
                f"{to_type.type} is not the major version after {from_type.type}.",
                next="Write one upcaster for each step from a major version to the next.",
            )
        if from_type in self._steps:
            raise RecordTypeError(f"{from_type.type} has an upcaster already.")

        def register(function: Upcast) -> Upcast:
            self._steps[from_type] = (to_type, function)
            return function

        return register

    def upcast(self, record: Record) -> Record:
        """The record in the newest major version that upcasters lead to; itself if there is none."""
        while (step := self._steps.get(type(record))) is not None:
            to_type, function = step
            made = function(record)
            if type(made) is not to_type:
                raise RecordTypeError(
                    f"The upcaster from {record.type} gave a {type(made).__name__}.",
                    next=f"Return a {to_type.__name__}.",
                )
            record = made
        return record


def _named(record_type: type[Record]) -> tuple[str, int]:
    name, _, major = record_type.type.partition("/")
    return name, int(major)


UPCASTERS = Upcasters()
upcaster = UPCASTERS.upcaster
upcast = UPCASTERS.upcast
