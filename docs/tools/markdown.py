"""Markdown from docstrings, signatures and tables."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

GENERATED = "<!-- Written by docs/generate.py from the code: change the code, then run it. -->\n"

_TERM = re.compile(r"(\S(?:[^\n]*?\S)?)(?: {2,}| +— )(\S.*)")


def page(title: str, *parts: str) -> str:
    """A whole page."""
    body = "\n\n".join(part.strip("\n") for part in parts if part.strip())
    return f"{GENERATED}\n# {title}\n\n{body}\n"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; columns that are empty in every row are left out. "" if there are no rows."""
    cells = [[_cell(c) for c in row] for row in rows]
    if not cells:
        return ""
    used = [i for i in range(len(headers)) if any(row[i] for row in cells)]
    lines = [[headers[i] for i in used], ["---"] * len(used), *([row[i] for i in used] for row in cells)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Text as code in a line, also where it holds backticks; "" for ""."""
    if not text:
        return ""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"


def block(text: str, language: str = "python") -> str:
    """Text as a fenced block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def signature(name: str, function: Callable[..., Any], *, keep_self: bool = False) -> str:
    """`name(parameters) -> result` as it is written in the source, one parameter a line if it is long."""
    found = inspect.signature(function)
    parameters = [p for n, p in found.parameters.items() if keep_self or n not in ("self", "cls")]
    found = found.replace(parameters=parameters)
    # What has no written form would be told by its address.
    told = re.sub(r"<[^<>]*(<[^<>]*>)?[^<>]* at 0x[0-9a-f]+>", "...", str(found))
    text = re.sub(r": '([^']*)'", r": \1", told).replace("-> '", "-> ").removesuffix("'")
    if len(name) + len(text) <= 100:
        return name + text
    inner, _, result = text[1:].rpartition(")")
    return f"{name}(\n    " + ",\n    ".join(_split(inner)) + f",\n){result}"


def _split(parameters: str) -> list[str]:
    """Parameters apart, at commas outside brackets and quotes."""
    parts, depth, start, quote = [], 0, 0, ""
    for i, c in enumerate(parameters):
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and not depth:
            parts.append(parameters[start:i].strip())
            start = i + 1
    return [*parts, parameters[start:].strip()]


def bare(annotation: str) -> str:
    """A type as it is written, without the rules inside `Annotated`."""
    while "Annotated[" in annotation:
        start = annotation.index("Annotated[")
        end = _closing(annotation, start + len("Annotated"))
        inner = _split(annotation[start + len("Annotated[") : end])[0]
        annotation = annotation[:start] + inner + annotation[end + 1 :]
    return annotation


def _closing(text: str, start: int) -> int:
    """The index of the bracket that closes the one at `start`, brackets in quotes apart."""
    depth, quote = 0, ""
    for i in range(start, len(text)):
        c = text[i]
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c == "[":
            depth += 1
        elif c == "]":
            depth -= 1
            if not depth:
                return i
    raise ValueError(f"{text} has a bracket that is not closed")


def prose(docstring: str | None) -> str:
    """A docstring as Markdown: lines of `name   what it is` become a list, indented lines a block of code."""
    lines = inspect.cleandoc(docstring or "").split("\n")
    parts: list[str] = []
    i = 0
    while i < len(lines):
        if not lines[i].strip():
            i += 1
        elif lines[i].startswith("    "):
            i, text = _indented(lines, i)
            parts.append(text)
        elif _TERM.fullmatch(lines[i]) and not lines[i].endswith(","):
            i, text = _terms(lines, i)
            parts.append(text)
        else:
            start = i
            while i < len(lines) and lines[i].strip() and not (i > start and _TERM.fullmatch(lines[i])):
                i += 1
            parts.append(" ".join(_text(line.strip()) for line in lines[start:i]))
    return "\n\n".join(parts)


def _indented(lines: list[str], i: int) -> tuple[int, str]:
    start = i
    while i < len(lines) and (not lines[i].strip() or lines[i].startswith("    ")):
        i += 1
    inner = [line[4:] for line in lines[start:i]]
    if all(_TERM.fullmatch(line) for line in inner if line.strip() and not line.startswith(" ")):
        return i, _terms([line for line in inner if line.strip()], 0)[1]
    text = "\n".join(inner)
    if re.search(r"^\[[\w.\"-]+\]$", text, re.M):
        return i, block(text, "toml")
    if not re.search(r"^(class|def|@|import)\b", text, re.M):
        return i, block(text, "text")
    return i, block(re.sub(r"\n\n+(?=[@cd])", "\n\n\n", text))  # as the formatter has it


def _terms(lines: list[str], i: int) -> tuple[int, str]:
    found: list[list[str]] = []
    while i < len(lines) and lines[i].strip():
        term = None if lines[i].startswith("    ") else _TERM.fullmatch(lines[i])
        if term:
            found.append([term[1].strip("`"), term[2]])
        elif lines[i].startswith(" "):
            found[-1][1] += " " + lines[i].strip()
        else:
            break
        i += 1
    return i, "\n".join(f"- {code(name)}: {_text(what)}" for name, what in found)


def _text(text: str) -> str:
    """Prose in which `<` does not open a tag and `[` no link."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([<\[\]*_])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


def summary(thing: object) -> str:
    """The first paragraph of a docstring, on one line."""
    first = inspect.cleandoc(getattr(thing, "__doc__", None) or "").split("\n\n")[0]
    return _text(" ".join(first.split()))
