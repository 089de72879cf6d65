"""JSON Schema 2020-12 of the record types, made from their models and facts.

`python -m selfdata_sdk.model.schema` writes the files beside this one, which readers in other languages use.
Beyond the standard keywords each schema says

x-title-fr, x-description-fr   the French texts
x-unit, x-reduce               UCUM unit of a quantity, and how several become one in a bucket of time
x-minimum, x-maximum           bounds of a quantity, which is a decimal in a string
x-values                       the words known today of an open enumeration: readers accept any other
x-clean, x-zone                a text without invisible characters; an IANA time zone
x-type, x-time                 `name/major`; interval, open_interval, instant or date
x-natural-key, x-series        what tells two records of a series apart; fields that are part of the series
x-facts                        sensitivity, subjects, identifying and others' fields, finest granularity, day rule
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from ..errors import RequestError
from .field import titles
from .record import DateRecord, InstantRecord, IntervalRecord, Record
from .text import is_clean
from .time import zone

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

JsonSchema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = Path(__file__).with_name("schemas")
"""The committed schemas, one file per type and version."""


def schema(record_type: type[Record]) -> JsonSchema:
    """The schema of one record as `record.model_dump_json()` writes it."""
    raw = record_type.model_json_schema()
    models = dict(_models(record_type))
    name, _, major = record_type.type.partition("/")
    about = record_type.facts
    facts = {k: v for k, v in asdict(about).items() if k not in ("title", "description")}
    defs = {key: _object(models[key], node) for key, node in raw.get("$defs", {}).items() if key in models}
    found = {
        "$schema": DIALECT,
        "$id": f"urn:selfdata:schema:{name}:{major}.{record_type.minor}",
        "title": about.title.en,
        "description": about.description.en,
        "x-title-fr": about.title.fr,
        "x-description-fr": about.description.fr,
        "x-type": record_type.type,
        "x-time": _time_form(record_type),
        "x-natural-key": record_type.natural_key,
        "x-series": record_type.series_fields,
        "x-facts": facts,
        **_object(record_type, raw),
        "$defs": defs,
    }
    plain: JsonSchema = json.loads(canonical(found))
    return plain


def canonical(schema: JsonSchema) -> str:
    """The schema as its file holds it: sorted keys, two spaces, one final newline."""
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def stale_files(schemas: Mapping[str, JsonSchema], folder: Path) -> list[str]:
    """The files of `folder` that do not hold these schemas, by name."""
    return [name for name, schema in schemas.items() if _text(folder / name) != canonical(schema)]


def write_files(schemas: Mapping[str, JsonSchema], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, schema in schemas.items():
        (folder / name).write_text(canonical(schema), encoding="utf-8", newline="\n")


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def file_name(record_type: type[Record]) -> str:
    """`water.use-1.0.json`"""
    return f"{record_type.type.replace('/', '-')}.{record_type.minor}.json"


def write_schemas(folder: Path = FOLDER, record_types: Iterable[type[Record]] | None = None) -> tuple[Path, ...]:
    """Write the schema of each record type (all registered ones by default); returns the files that changed."""
    from . import REGISTRY

    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for record_type in REGISTRY if record_types is None else record_types:
        path, text = folder / file_name(record_type), canonical(schema(record_type))
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return tuple(changed)


def read_schemas(folder: Path = FOLDER) -> tuple[JsonSchema, ...]:
    """Every committed schema, of all versions."""
    return tuple(json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json")))


def _time_form(record_type: type[Record]) -> str:
    if issubclass(record_type, DateRecord):
        return "date"
    if issubclass(record_type, InstantRecord):
        return "instant"
    return "interval" if issubclass(record_type, IntervalRecord) else "open_interval"


def _models(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """(name, model) of the models that the fields of `model` hold, at any depth."""
    for info in model.model_fields.values():
        for inner in _inner(info.annotation):
            yield inner.__name__, inner
            yield from _models(inner)


def _inner(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _inner(part)


def _object(model: type[BaseModel], node: JsonSchema) -> JsonSchema:
    return {
        "type": "object",
        "properties": {name: _property(model, name, part) for name, part in node["properties"].items()},
        "required": node.get("required", []),
        "additionalProperties": False,
    }


def _property(model: type[BaseModel], name: str, node: JsonSchema) -> JsonSchema:
    found: JsonSchema = _without_titles(_flat(node))
    found.pop("max_digits", None)  # pydantic's own word; the pattern says it
    if title := titles(model.model_fields[name]):
        found |= {"title": title.en, "x-title-fr": title.fr}
    return found


def _flat(node: JsonSchema) -> JsonSchema:
    """`{"type": [T, "null"], …}` for pydantic's choice between T and null, where that says the same."""
    match node:
        case {"anyOf": [{"type": str(kind)} as inner, {"type": "null"}], **rest} if not inner.keys() & {
            "enum",
            "const",
        }:
            return {**inner, **rest, "type": [kind, "null"]}
    return dict(node)


def _without_titles(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_titles(part) for part in node]
    if not isinstance(node, dict):
        return node
    if node.get("$ref") == "#/$defs/JsonValue":
        return {}
    return {k: _without_titles(v) for k, v in node.items() if k not in ("title", "description", "x-title-fr")}


# Validation. The x- words that are rules are checked too, and patterns end where the text ends:
# Python's `$` would let a final newline pass.


def validator(schema: JsonSchema) -> Validator:
    """A validator of `schema`; build it once, it takes some milliseconds."""
    return _validator_type()(schema, format_checker=_formats())


@cache
def _validator_type() -> Callable[..., Validator]:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    made: Callable[..., Validator] = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator,
        {
            "pattern": _pattern,
            "x-minimum": _minimum,
            "x-maximum": _maximum,
            "x-clean": _clean,
            "x-zone": _zone,
            "x-time": _order,
        },
    )
    return made


@cache
def _formats() -> Any:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    checker.checks("date-time", raises=ValueError)(_is_date_time)
    checker.checks("date", raises=ValueError)(_is_date)
    return checker


def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 10 and date.fromisoformat(value) is not None)


Problems = Iterator[Exception]


def _problem(message: str) -> Exception:
    from jsonschema import ValidationError

    return ValidationError(message)


def _pattern(_: Validator, pattern: str, value: object, __: JsonSchema) -> Problems:
    import re

    if isinstance(value, str) and (value.endswith("\n") or re.search(pattern, value) is None):
        yield _problem(f"does not match {pattern}")


def _decimal(value: object) -> Decimal | None:
    """None for what is no decimal: the pattern refuses it."""
    try:
        return Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None


def _minimum(_: Validator, bound: str, value: object, __: JsonSchema) -> Problems:
    number = _decimal(value)
    if number is not None and number < Decimal(bound):
        yield _problem(f"is less than {bound}")


def _maximum(_: Validator, bound: str, value: object, __: JsonSchema) -> Problems:
    number = _decimal(value)
    if number is not None and number > Decimal(bound):
        yield _problem(f"is more than {bound}")


def _clean(_: Validator, wanted: bool, value: object, __: JsonSchema) -> Problems:
    if wanted and isinstance(value, str) and not is_clean(value):
        yield _problem("holds characters that do not show")


def _zone(_: Validator, wanted: bool, value: object, __: JsonSchema) -> Problems:
    if not (wanted and isinstance(value, str)):
        return
    try:
        zone(value)
    except RequestError:
        yield _problem("is not an IANA time zone")


def _order(_: Validator, form: str, value: object, __: JsonSchema) -> Problems:
    if "interval" not in form or not isinstance(value, dict):
        return
    try:
        start, end = (datetime.fromisoformat(value[k]) for k in ("start", "end"))
        if end <= start:
            yield _problem("end must be after start")
    except (KeyError, TypeError, ValueError):
        return  # missing, open, or not a time: other rules speak of it


def main() -> None:
    for path in write_schemas():
        print(path.name)


if __name__ == "__main__":
    main()
