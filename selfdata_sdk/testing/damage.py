"""What happens to files: they are cut, a part becomes unreadable, and other files come in their place."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from .example import Example

T = TypeVar("T")

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_IN_JSON = re.compile(rb':\s*("[^"\\]+"|-?[0-9][0-9.]*)')
_IN_XML = re.compile(rb">\s*([^<>\s][^<>]*)<")


@dataclass(frozen=True, slots=True)
class Cut:
    """The beginning of a file. `lines`: how many of its lines are whole, in a format of lines."""

    content: bytes
    lines: int | None = None

    def __str__(self) -> str:
        return f"cut after {len(self.content)} bytes"


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A file of which one line is unreadable, or one value in a format that is not of lines.

    cells  what stands there now
    """

    content: bytes
    cells: frozenset[str]
    line: int | None = None

    def __str__(self) -> str:
        return "with an unreadable value" if self.line is None else f"with line {self.line} unreadable"


def cuts(example: Example) -> Iterator[Cut]:
    """The file cut at several places, always so that it can be seen: something of a line is missing.

    In the last cell of a line it cannot: `512,3` is as good a number as `512,312`.
    """
    if not example.placed:
        yield from (Cut(example.short[: len(example.short) * part // 8]) for part in range(1, 8))
    for number in _spread(example.placed, 6):
        before, line = b"".join(example.lines[: number - 1]), example.lines[number - 1]
        yield Cut(before + line, number)
        yield from (Cut(before + line[:at], number - 1) for at in _ends(line))


def _ends(line: bytes) -> list[int]:
    """In the first cell of a line, and before its last."""
    delimiter = next((d for d in (b";", b"\t", b"|", b",", b" ") if d in line), None)
    return [] if delimiter is None else [max(1, line.index(delimiter) // 2), line.rindex(delimiter)]


def spoiled(example: Example, sign: bytes = b"q") -> Iterator[Spoiled]:
    """The file with every letter and digit as `sign`, in one of its lines or values."""
    if example.placed:
        # Not the last line, nor one of the first, by which a format without a header is recognised.
        at = len(example.placed) * 3 // 4
        for number in example.placed[max(1, at - 1) : min(at + 1, len(example.placed) - 1)]:
            line = re.sub(rb"[0-9A-Za-z]", sign, example.lines[number - 1])
            content = b"".join([*example.lines[: number - 1], line, *example.lines[number:]])
            yield Spoiled(content, _cells(line), number)
        return
    sample = example.sample(example.short)
    form = _IN_JSON if sample.is_json else _IN_XML if sample.is_xml else None
    found = list(form.finditer(example.short)) if form else []
    for match in _spread(found, 24):
        value = re.sub(rb"[0-9A-Za-z.]+", sign * 4, match[1])
        if sample.is_json and not value.startswith(b'"'):
            value = b'"%s"' % value
        start, end = match.span(1)
        yield Spoiled(example.short[:start] + value + example.short[end:], _cells(value))


def _cells(line: bytes) -> frozenset[str]:
    return frozenset(c.strip() for c in re.split(r"[;\t|\"]", line.decode("utf-8", "replace")))


@cache
def foreign() -> dict[str, bytes]:
    """Small files that no importer takes for its own, by what they are."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("data.csv", b"1;2")
    return {
        "an empty file": b"",
        "blanks": b" \r\n \n",
        "zero bytes": bytes(1000),
        "a web page": b"<!DOCTYPE html>\n<html><body>Sign in again</body></html>\n",
        "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(50),
        "an archive": archive.getvalue(),
        "a letter": b"Dear customer,\n",
        "another table": b"a;b;c\n1;2;3\n",
        "another JSON": b'{"hello": [1, 2]}',
        "a list in JSON": b"[]",
        "another XML": b"<?xml version='1.0'?><hello/>",
        "bytes of all kinds": bytes(range(256)),
    }


def others(example: Example) -> dict[str, bytes]:
    """`foreign`, and files that quote the beginning of this one."""
    if example.sample(example.content).is_zip:
        return foreign()
    start = example.content[:2000].removeprefix(BYTE_ORDER_MARK)
    return foreign() | {
        "a web page that shows its text": b"<!DOCTYPE html>\n<html><body><pre>\n%s</pre></body></html>\n" % start,
        "a letter that quotes its text": b"Dear customer, here are your data:\n" + start,
    }


def _spread(items: Sequence[T], count: int) -> list[T]:
    """At most `count` of the items, from the first to the last."""
    if len(items) <= count:
        return list(items)
    return [items[i * (len(items) - 1) // (count - 1)] for i in range(count)]
