"""Record types of a service's own, as its code has them: made from the JSON Schemas in its package."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from selfdata_sdk.errors import ManifestError, ServiceMistake
from selfdata_sdk.model.own_record import record_type_of
from selfdata_sdk.model.own_type import PROPERTIES, OwnFacts, OwnType
from selfdata_sdk.model.record import Record

from .ijson import load
from .row import annotated_names

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(Record)


class _FromSchema(ModelMetaclass):
    def __new__(
        meta, name: str, bases: tuple[type, ...], namespace: dict[str, Any], *, schema: str = "", **kwargs: Any
    ) -> Any:
        if bases == (Record,):
            return super().__new__(meta, name, bases, namespace, **kwargs)
        if not schema:
            raise ServiceMistake(
                "It does not say in which file its schema is.",
                where=name,
                next=f'Write `class {name}(OwnRecord, schema="{name.lower()}.json"): ...`.',
            )
        if fields := annotated_names(namespace):
            raise ServiceMistake(
                f"{fields[0]} is written in the class.", where=name, next="Its fields are those of its schema."
            )
        file = Path(sys.modules[namespace["__module__"]].__file__ or "")
        return record_type_of(read_own_type(file.parent / schema))


class OwnRecord(Record, metaclass=_FromSchema):
    """A record type of a service's own, declared in a JSON Schema beside the module:

        class Score(OwnRecord, schema="score.json"): ...

    It is used like every record type: in `Row[Score]`, in `produces` of `@service` and in `Save.of`.
    """

    if TYPE_CHECKING:

        def __init_subclass__(cls, *, schema: str) -> None: ...


def read_own_type(path: Path) -> OwnType:
    """The type that a schema file declares; ServiceMistake says what is wrong in it, where, and the repair."""
    try:
        value = load(path.read_bytes(), "schema")
    except OSError as error:
        raise ServiceMistake(
            f"The schema cannot be read ({error.strerror}).", where=path.name, next="Put the file beside the module."
        ) from None
    except ManifestError as error:
        where = f"{path.name}, {error.where}" if error.where else path.name
        raise ServiceMistake(error.what, where=where, next=error.next) from None
    try:
        return OwnType.model_validate(value)
    except ValidationError as error:
        raise _mistake(path.name, error) from None


def _mistake(file: str, error: ValidationError) -> ServiceMistake:
    first = error.errors(include_input=False, include_url=False)[0]
    path = [str(part) for part in first["loc"] if part != "[key]"]
    owner: type[BaseModel] = OwnType
    if len(path) > 2 and path[0] == "properties":
        owner = PROPERTIES[path.pop(2)]
    elif path[:1] == ["x-facts"]:
        owner = OwnFacts
    word = path[-1] if path else ""
    match first["type"]:
        case "missing":
            what, step = f"“{word}” is missing.", _REPAIRS.get(word, "Add it.")
        case "extra_forbidden":
            has = ", ".join(info.alias or name for name, info in owner.model_fields.items())
            what, step = f"“{word}” is none of the words that it may have.", f"It has {has}."
        case _:
            said = first["msg"].removeprefix("Value error, ").rstrip(".")
            what, step = f"{said[:1].upper()}{said[1:]}.", _REPAIRS.get(word, "Correct it.")
    return ServiceMistake(what, where=", ".join([file, *filter(None, [".".join(path)])]), next=step)


_REPAIRS = {
    "x-type": "Write the service's id, a name and a version, like “org.example.my-service.score/1”.",
    "title": "Say in English what it is, in at most 80 characters.",
    "x-title-fr": "Say in French what it is, in at most 80 characters.",
    "description": "Say in English what one record tells, in at most 200 characters.",
    "x-description-fr": "Say in French what one record tells, in at most 200 characters.",
    "x-time": "Write “date”, “instant” or “interval”.",
    "x-natural-key": "List the time and the required fields that tell two records apart.",
    "properties": "Name 1 to 40 fields.",
    "required": "List the properties that every record has, each once.",
    "minimum": "Write the smallest whole number that it may be.",
    "maximum": "Write the largest whole number that it may be.",
    "maxLength": "Write 1 to 500.",
    "enum": "List 1 to 50 words, each once, of letters, digits and _ . + -",
    "x-unit": "Write a UCUM code like “L” or “kW.h”; “1” for a plain number.",
    "x-places": "Write how many decimal places are kept, 0 to 6.",
    "x-reduce": "Write “sum”, “mean”, “last”, “max” or “min”: how several values become one.",
    "x-minimum": "Write a plain decimal in a text, like “0” or “-12.5”.",
    "x-maximum": "Write a plain decimal in a text, like “0” or “-12.5”.",
    "x-money": "Write true: an object is an amount of money.",
}
