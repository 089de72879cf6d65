"""JSON files: read whole, as they are documents and not feeds; numbers exact."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation

from ..errors import FileRefused
from .file import File

MAX_JSON = 50_000_000

Json = dict[str, "Json"] | list["Json"] | str | int | Decimal | bool | None
"""A JSON value; numbers with a point or an exponent are Decimal."""


def read_json(file: File) -> Json:
    """The file's JSON value. FileRefused if it is larger than 50 MB, cut, not JSON, or nested too deeply."""
    if file.size > MAX_JSON:
        raise FileRefused("It is a JSON file of more than 50 MB.", where=file.name, next="Export a shorter period.")
    with file.text() as stream:
        text = stream.read().removeprefix("\ufeff")
    try:
        return parsed(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            what = f"The file stops in the middle of line {error.lineno}."
        else:
            what = f"It is not valid JSON from line {error.lineno} on."
        raise FileRefused(what, where=file.name, next="Download it again.") from None
    except RecursionError:
        raise FileRefused("It is nested too deeply.", where=file.name, next="Choose another file.") from None
    except ValueError:
        raise FileRefused(
            "It holds a number that no meter gives.", where=file.name, next="Download it again."
        ) from None


def parsed(text: str) -> Json:
    """The JSON value of a text. ValueError if it is none or holds a number beyond 10^40; RecursionError if it is deep."""
    value: Json = json.loads(text, parse_float=_decimal, parse_int=_integer, parse_constant=_no_number)
    return value


def member(node: Json, name: str) -> Json:
    """The member `name` of an object; None if there is none or `node` is no object."""
    return node.get(name) if isinstance(node, dict) else None


def words(node: Json, name: str) -> str:
    """The text `name` of an object; "" if it is no text."""
    found = member(node, name)
    return found.strip() if isinstance(found, str) else ""


def items(node: Json, name: str) -> list[Json]:
    """The list `name` of an object; empty if it is none."""
    found = member(node, name)
    return found if isinstance(found, list) else []


def kept(node: Json, read: frozenset[str], prefix: str) -> dict[str, object] | None:
    """The members of an object that are not among `read`, for `ext`; decimals as texts. None if there are none."""
    rest = {f"{prefix}.{name}": _plain(value) for name, value in _members(node) if name not in read}
    return {name: value for name, value in rest.items() if value not in (None, "", [], {})} or None


def _members(node: Json) -> list[tuple[str, Json]]:
    return list(node.items()) if isinstance(node, dict) else []


def _plain(value: Json) -> object:
    match value:
        case Decimal():
            return format(value, "f")
        case int() if not isinstance(value, bool) and abs(value) >= 2**53:
            return str(value)
        case list():
            return [_plain(v) for v in value]
        case dict():
            return {k: _plain(v) for k, v in value.items()}
        case _:
            return value


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError("is too large") from None
    # A short text may stand for a number of a gigabyte when it is written out.
    if abs(found.adjusted()) > 40:
        raise ValueError("is too large")
    return found


def _integer(text: str) -> int:
    if len(text) > 40:
        raise ValueError("is too long")
    return int(text)


def _no_number(text: str) -> Json:
    # NaN and Infinity are no JSON: read as missing.
    return None
