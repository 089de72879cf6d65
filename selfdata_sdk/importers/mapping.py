"""A mapping: a small TOML file that says how the columns of somebody's CSV or JSON become the fields of records.

record = "electricity.use"
tz = "Europe/Paris"

[csv]
delimiter = ";"

[time]
column = "Date"
format = "DD/MM/YYYY hh:mm"
stamp = "end"
step = "PT30M"

[fields.energy]
column = "kWh"
unit = "kW.h"
"""

from __future__ import annotations

import codecs
import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from ..errors import RequestError
from ..model import REGISTRY, Record
from ..model.field import Field as Spec
from ..model.field import body_of, fields_of
from ..model.record import Cadence, DateRecord, InstantRecord, OpenIntervalRecord, Zone
from ..model.text import Line
from ..model.time import Duration
from .units import factor, units_of

MAX_MAPPING = 100_000
Part = Annotated[str, Field(max_length=64)]
Column = Annotated[str, Field(min_length=1, max_length=200)]


def _duration(text: str) -> str:
    if text:
        try:
            Duration.parse(text)
        except RequestError:
            raise ValueError("is not a duration like PT30M, P1D or P1M") from None
    return text


def _encoding(text: str) -> str:
    try:
        codecs.lookup(text or "utf-8")
    except LookupError:
        raise ValueError("is not an encoding like utf-8, cp1252 or iso8859-15") from None
    return text


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CsvShape(_Strict):
    """How a CSV is written."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1, description="What stands between two cells.")] = ";"
    encoding: Annotated[
        str, AfterValidator(_encoding), Field(description="Only where it is not recognised, like mac-roman.")
    ] = ""
    header: Annotated[
        int, Field(ge=0, le=100, description="Line of the column names; 0 if there are none: then 1, 2, 3 … name them.")
    ] = 1
    decimal: Annotated[
        Literal["", ",", "."],
        Field(description="The decimal sign; the other one then stands between thousands. Empty: either is decimal."),
    ] = ""


class JsonShape(_Strict):
    """Where the rows of a JSON document are."""

    rows: Annotated[str, Field(max_length=200, description="Path to the list, like data.readings; empty: the top.")] = (
        ""
    )


class TimeRule(_Strict):
    """How the time of a row is read."""

    column: Annotated[Column, Field(description="The column of the date, or of the date and time.")]
    clock: Annotated[str, Field(description="A second column with the time of day.")] = ""
    format: Annotated[
        str,
        Field(
            max_length=40,
            description="iso, seconds or milliseconds (since 1970), or a layout of YYYY MM DD hh mm ss ±oo:oo.",
        ),
    ] = "iso"
    stamp: Annotated[
        Literal["start", "end", "instant", "date"],
        Field(description="What the stamp is: start or end of its interval, an instant, or a date."),
    ]
    end: Annotated[str, Field(description="A column with the end of the interval.")] = ""
    step: Annotated[
        str, AfterValidator(_duration), Field(description="Length of the intervals, like PT30M, P1D or P1M.")
    ] = ""


class FieldRule(_Strict):
    """How one field of the record is read."""

    column: Annotated[Column, Field(description="The column; in JSON a path like price.value.")]
    minus: Annotated[str, Field(description="A column of money that is taken off, as debits are.")] = ""
    unit: Annotated[str, Field(max_length=20, description="The unit of the column, where the field has one.")] = ""
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$", description="Of money, where the mapping's is not.")] = ""
    format: Annotated[str, Field(max_length=40, description="Of dates and times, as in [time].")] = "iso"
    words: Annotated[dict[str, str], Field(description="The column's words and what they are called here.")] = Field(
        default_factory=dict
    )
    fields: Annotated[
        dict[str, FieldRule], Field(description="In JSON: how the members of a list's items are read.")
    ] = Field(default_factory=dict)


class FileMapping(_Strict):
    """The whole file."""

    record: Annotated[str, Field(description="The record type, like water.use; `selfdata schema` lists them.")]
    holder: Annotated[Line, Field(max_length=200, description="Who gave you the file.")] = "self"
    tz: Annotated[Zone, Field(description="The zone of the file's clock.")] = "Europe/Paris"
    about: Annotated[Part, Field(description="The supply point, account or line.")] = ""
    register_name: Annotated[Part, Field(alias="register", description="The meter's register.")] = ""
    cadence: Annotated[Cadence, Field(description="The usual interval, where the times do not tell it.")] = ""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="The currency of money.")] = "EUR"
    csv: CsvShape | None = None
    json_: Annotated[JsonShape | None, Field(alias="json")] = None
    time: TimeRule
    fields: Annotated[dict[str, FieldRule], Field(description="Field of the record type → column.")]
    constants: Annotated[
        dict[str, str | int | bool], Field(description="Fields that are the same in every record.")
    ] = Field(default_factory=dict)
    keep: Annotated[tuple[Column, ...], Field(description="Columns without a field that are kept beside, in ext.")] = ()

    @property
    def record_type(self) -> type[Record]:
        return REGISTRY.get(self.record)

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that change when the mapping says something else."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:12]

    def columns(self) -> tuple[str, ...]:
        """Every column that is read, each once."""
        named = [self.time.column, self.time.clock, self.time.end]
        for rule in self.fields.values():
            named += [rule.column, rule.minus]
        return tuple(dict.fromkeys(c for c in (*named, *self.keep) if c))


def read_mapping(path: Path) -> FileMapping:
    """The mapping in a TOML file. RequestError says which key is wrong, where it stands and what to write."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RequestError(
            f"It cannot be opened ({error.strerror}).", where=path.name, next="Check the name and the rights."
        ) from None
    if len(data) > MAX_MAPPING:
        raise RequestError("It is too large for a mapping.", where=path.name, next="Name the mapping's TOML file.")
    return parse_mapping(data, path.name)


def parse_mapping(data: bytes, name: str) -> FileMapping:
    """As `read_mapping`, from the bytes of a file `name`."""
    try:
        text = data.decode("utf-8-sig")
        said = tomllib.loads(text)
    except UnicodeDecodeError:
        raise RequestError("It is not UTF-8 text.", where=name, next="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        place = f"{name}, line {found[1]}" if found else name
        raise RequestError(
            "It is not written as TOML.", where=place, next='Write key = "value" on lines of their own.'
        ) from None
    file = _Written(text, name)
    try:
        mapping = FileMapping.model_validate(said)
    except ValidationError as error:
        raise _mistake(error, file) from None
    _check(mapping, file)
    return mapping


def mapping_schema() -> dict[str, JsonValue]:
    """The JSON Schema of a mapping."""
    schema = FileMapping.model_json_schema(by_alias=True)
    schema["title"] = "Mapping of a CSV or JSON file to records"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


@dataclass(frozen=True, slots=True)
class _Written:
    """A mapping's text, to say where a key stands."""

    text: str
    name: str

    def refused(self, keys: list[str], what: str, next: str) -> RequestError:
        place = f"{self.name}, line {line}" if (line := self._line(keys)) else self.name
        return RequestError(what, where=f"{place}, {'.'.join(keys)}" if keys else place, next=next)

    def unknown(self, keys: list[str], specs: Iterable[str]) -> RequestError:
        near = difflib.get_close_matches(keys[-1], specs, 3, 0.5)
        return self.refused(
            keys,
            f"There is no field {keys[-1]}.",
            f"Did you mean {' or '.join(near)}?" if near else f"Fields: {', '.join(sorted(specs))}.",
        )

    def _line(self, keys: list[str]) -> int:
        """The line on which the deepest of `keys` that the file writes stands; 0 if it writes none."""
        best, depth, table = 0, 0, list[str]()
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
                path = table = _keys(header[1])
            elif pair := re.match(r"""\s*([\w."'-]+)\s*=""", line):
                path = [*table, *_keys(pair[1])]
            else:
                continue
            if path == keys[: len(path)] and len(path) > depth:
                best, depth = number, len(path)
        return best


def _keys(dotted: str) -> list[str]:
    return [key.strip().strip("\"'") for key in dotted.split(".")]


def _check(mapping: FileMapping, file: _Written) -> None:
    """What one key says about another, and about the record type."""
    try:
        record_type = mapping.record_type
    except RequestError as error:
        raise RequestError(error.what, where=f"{file.name}, record", next=error.next) from None
    if (mapping.csv is None) == (mapping.json_ is None):
        raise file.refused([], "It must have one of [csv] and [json].", "Add [csv] for a table, or [json] for JSON.")
    stamps = _stamps_of(record_type)
    if mapping.time.stamp not in stamps:
        raise file.refused(
            ["time", "stamp"],
            f"The time of {record_type.type} is not of this kind.",
            f"Write {' or '.join(stamps)}.",
        )
    if mapping.time.step and record_type.time_fields != ("start", "end"):
        raise file.refused(["time", "step"], f"{record_type.type} has no intervals.", "Remove this key.")
    specs = {n: s for n, s in fields_of(record_type).items() if n not in (*record_type.time_fields, "revision", "ext")}
    for table, field in [("fields", n) for n in mapping.fields] + [("constants", n) for n in mapping.constants]:
        if (part := record_type.series_fields.get(field)) is not None:
            raise file.refused(
                [table, field], f"{field} is the same for the whole file.", f'Write {part} = "…" at the top.'
            )
        if field not in specs:
            raise file.unknown([table, field], specs)
        if table == "constants" and specs[field].kind == "list":
            raise file.refused([table, field], f"{field} is a list.", "Remove this key.")
    _check_rules(mapping.fields, specs, ["fields"], file, mapping.json_ is not None)
    given = {*mapping.fields, *mapping.constants}
    for name in body_of(record_type):
        if record_type.model_fields[name].is_required() and name not in given:
            raise file.refused(["fields"], f"It does not say where {name} comes from.", f"Add [fields.{name}].")


def _check_rules(
    rules: Mapping[str, FieldRule], specs: Mapping[str, Spec], keys: list[str], file: _Written, nested: bool
) -> None:
    for field, rule in rules.items():
        here = [*keys, field]
        if (spec := specs.get(field)) is None:
            raise file.unknown(here, specs)
        if spec.kind == "quantity":
            _check_unit(rule, spec, here, file)
        elif rule.unit:
            raise file.refused([*here, "unit"], f"{field} has no unit.", "Remove this key.")
        if spec.kind != "list":
            if rule.fields:
                raise file.refused([*here, "fields"], f"{field} is not a list.", "Remove this key.")
        elif not nested:
            raise file.refused(here, f"{field} is a list, which a line of a CSV cannot hold.", "Remove this field.")
        elif not rule.fields:
            raise file.refused(here, f"{field} is a list.", f"Add [{'.'.join(here)}.fields.…] for its members.")
        else:
            _check_rules(rule.fields, {s.name: s for s in spec.items}, [*here, "fields"], file, nested)


def _check_unit(rule: FieldRule, spec: Spec, keys: list[str], file: _Written) -> None:
    if not rule.unit:
        raise file.refused(keys, f"It does not say the unit of {spec.name}.", f'Write unit = "{spec.unit}" or another.')
    if factor(rule.unit, spec.unit) is None and not (is_power(rule, spec) and len(keys) == 2):
        raise file.refused(
            [*keys, "unit"],
            f"It is not a unit that {spec.name} can be read from.",
            f"Write one of {', '.join(units_of(spec.unit))}.",
        )


def is_power(rule: FieldRule, spec: Spec) -> bool:
    """True if the energy of a step is given as the mean power over it."""
    return spec.unit == "W.h" and spec.name == "energy" and factor(rule.unit, "W") is not None


def _stamps_of(record_type: type[Record]) -> tuple[str, ...]:
    if issubclass(record_type, DateRecord):
        return ("date",)
    if issubclass(record_type, InstantRecord):
        return ("instant",)
    return ("start",) if issubclass(record_type, OpenIntervalRecord) else ("start", "end")


_TABLES: dict[str, type[_Strict]] = {"csv": CsvShape, "json": JsonShape, "time": TimeRule, "fields": FieldRule}


def _mistake(error: ValidationError, file: _Written) -> RequestError:
    """The first thing that is wrong with one key alone."""
    first = error.errors(include_url=False, include_input=False)[0]
    keys = [str(part) for part in first["loc"]]
    if first["type"] == "missing":
        return file.refused(keys, f"The key {keys[-1]} is missing.", "Add it.")
    if first["type"] == "extra_forbidden":
        owner: type[_Strict] = FileMapping
        for key in keys[:-1]:
            owner = _TABLES.get(key, owner)
        known = [f.alias or n for n, f in owner.model_fields.items()]
        near = difflib.get_close_matches(keys[-1], known, 3, 0.5)
        return file.refused(
            keys,
            "It is not a key of a mapping.",
            f"Did you mean {' or '.join(near)}?" if near else f"Keys here: {', '.join(known)}.",
        )
    reason = str(first["msg"]).removeprefix("Value error, ")
    return file.refused(keys, f"It has a value that cannot be used: {reason}.", "Change it.")
