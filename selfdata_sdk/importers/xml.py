"""XML of holders, streamed: no document type, no entities, nothing fetched, bounded depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import FileRefused
from .file import File

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_DEPTH = 60


def walk(file: File, whole: frozenset[str]) -> Iterator[tuple[bool, str, Element]]:
    """(True where an element starts, its name without namespace, the element), in document order.

    Elements named in `whole` are complete, with all inside them, when they end; others are emptied as the document
    goes by, so that memory does not grow with it. FileRefused, with the line, if the document is not well-formed,
    declares a document type or entities, or is nested deeper than 60 elements.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    path: list[Element] = []
    inside = 0
    try:
        with file.open() as stream:
            for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
                name = local(element.tag)
                if event == "start":
                    if len(path) == MAX_DEPTH:
                        raise FileRefused(
                            f"It is nested deeper than {MAX_DEPTH} elements, which no holder's file is.",
                            where=file.name,
                            next="Choose another file.",
                        )
                    path.append(element)
                    inside += name in whole
                    yield True, name, element
                    continue
                path.pop()
                yield False, name, element
                inside -= name in whole
                if not inside and path:
                    path[-1].remove(element)
    except ParseError as error:
        line, column = error.position
        raise FileRefused(
            f"It stops being XML at line {line}, column {column + 1}: it may be cut.",
            where=f"{file.name}, line {line}",
            next="Download it again.",
        ) from None
    except DefusedXmlException:
        raise FileRefused(
            "It declares a document type or entities, which can make a small file fill the memory.",
            where=file.name,
            next="A holder's export has none: download it again from the holder.",
        ) from None
    except (LookupError, ValueError):
        raise FileRefused(
            "It is in an encoding that XML is not read in here.", where=file.name, next="Save it as UTF-8."
        ) from None


def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


def text_of(element: Element, name: str) -> str:
    """The text of the first child of that name, "" if there is none or it is empty."""
    for child in element:
        if local(child.tag) == name:
            return (child.text or "").strip()
    return ""


def child_of(element: Element, name: str) -> Element | None:
    """The first child of that name."""
    return next((child for child in element if local(child.tag) == name), None)
