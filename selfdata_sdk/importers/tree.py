"""JSON of holders: whole documents of bounded size."""

from __future__ import annotations

import json
from decimal import Decimal

from ..errors import FileRefused
from .file import File

MAX_BYTES = 100_000_000

Node = dict[str, "Node"] | list["Node"] | str | int | Decimal | bool | None


def document(file: File) -> Node:
    """The document of a file; numbers with a fraction as Decimal, exactly as written.

    FileRefused, with the line, if it is not JSON, is cut, is nested too deeply or is larger than 100 MB.
    """
    if file.size > MAX_BYTES:
        raise FileRefused("It is larger than 100 MB.", where=file.name, next="Export a shorter period.")
    with file.text() as stream:
        text = stream.read().removeprefix("\ufeff")
    try:
        found: Node = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise FileRefused(
            f"It stops being JSON at line {error.lineno}, column {error.colno}: it may be cut.",
            where=f"{file.name}, line {error.lineno}",
            next="Download it again.",
        ) from None
    except (RecursionError, ValueError):
        raise FileRefused(
            "It is nested too deeply or holds a number that is too long.", where=file.name, next="Choose another file."
        ) from None
    return found


def member(node: Node, name: str) -> Node:
    """The member `name` of an object; None if there is none or `node` is no object."""
    return node.get(name) if isinstance(node, dict) else None


def words(node: Node, name: str) -> str:
    """The text `name` of an object; "" if it is no text."""
    found = member(node, name)
    return found.strip() if isinstance(found, str) else ""


def items(node: Node, name: str) -> list[Node]:
    """The list `name` of an object; empty if it is none."""
    found = member(node, name)
    return found if isinstance(found, list) else []
