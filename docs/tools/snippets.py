"""The commands, files and outputs that a page shows, and a way to run them as a reader would.

    ```python title="my-service/pyproject.toml"    a file: written
    ```sh                                          commands, one a line: run, and must end well
    ```text                                        what the last commands print, line by line, … for what varies
    <!-- exits with 2 -->                          before commands of which the last ends so
    <!-- not run: why -->                          before a block that is only shown

Any other block is a mistake: nobody would notice when it breaks.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_BLOCK = re.compile(
    r"(?:<!-- (?P<note>[^\n]*?) -->\n+)?^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_INFO = re.compile(r'(?P<language>\w*)(?: title="(?P<title>[^"]+)")?(?: hl_lines="[^"]*")?')
_EXIT = re.compile(r"exits with (\d+)")
_PROGRAMS = {
    "selfdata": [sys.executable, "-m", "selfdata_sdk.cli"],
    "pytest": [sys.executable, "-m", "pytest"],
    "python": [sys.executable],
}


class BrokenSnippet(AssertionError):
    """A block does not do what the page says."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """One block of a page, which starts at `line`. `code` is the exit code of its last command."""

    kind: Literal["file", "commands", "output"]
    body: str
    line: int
    name: str = ""
    code: int = 0


def snippets(page: str) -> Iterator[Snippet]:
    """The blocks of a page in order, without those that are only shown; BrokenSnippet for one of no known kind."""
    for match in _BLOCK.finditer(page):
        line = page.count("\n", 0, match.start("info")) + 1
        note, body = match["note"] or "", match["body"]
        if note.startswith("not run: "):
            continue
        info = _INFO.fullmatch(match["info"].strip())
        if info is not None and info["title"]:
            yield Snippet("file", body, line, info["title"])
        elif info is not None and info["language"] == "sh":
            code = _EXIT.fullmatch(note)
            yield Snippet("commands", body, line, code=int(code[1]) if code else 0)
        elif info is not None and info["language"] == "text":
            yield Snippet("output", body, line)
        else:
            raise BrokenSnippet(
                f"line {line}: this block is neither a file, nor commands, nor output, nor marked as not run"
            )


def run(page: str, folder: Path, environment: Mapping[str, str] | None = None) -> int:
    """Do in `folder` what the page says, in order; how many blocks were done. BrokenSnippet where one breaks.

    Files lie where their titles say, seen from `folder`; `cd` holds for the commands after it.
    """
    printed, done, here = "", 0, folder
    for snippet in snippets(page):
        match snippet.kind:
            case "file":
                _write(snippet, folder)
            case "commands":
                printed, here = _run(snippet, here, environment or {})
            case "output":
                _compare(snippet, printed)
        done += 1
    return done


def _write(snippet: Snippet, folder: Path) -> None:
    file = folder / snippet.name
    if not file.resolve().is_relative_to(folder.resolve()):
        raise BrokenSnippet(f"line {snippet.line}: {snippet.name} lies outside of the folder")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(snippet.body, encoding="utf-8", newline="\n")


def _run(snippet: Snippet, folder: Path, environment: Mapping[str, str]) -> tuple[str, Path]:
    """What the commands print, and the folder in which the last one leaves the reader."""
    printed = ""
    lines = [line for line in snippet.body.splitlines() if line.strip() and not line.startswith("#")]
    for number, line in enumerate(lines, 1):
        program, *words = shlex.split(line, comments=True)
        if program == "cd" and (folder / words[0]).is_dir():
            folder /= words[0]
            continue
        if program not in _PROGRAMS:
            raise BrokenSnippet(f"line {snippet.line}: {program} is not a program that readers are asked to have")
        done = subprocess.run(
            [*_PROGRAMS[program], *words],
            cwd=folder,
            env={**os.environ, "COLUMNS": "100", "PYTHONUTF8": "1", "LC_ALL": "C", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        printed += done.stdout + done.stderr
        expected = snippet.code if number == len(lines) else 0
        if done.returncode != expected:
            raise BrokenSnippet(
                f"line {snippet.line}: `{line}` ended with {done.returncode}, not {expected}:\n{done.stdout}{done.stderr}"
            )
    return printed, folder


def _compare(snippet: Snippet, printed: str) -> None:
    """Every line of the block is printed, in this order."""
    lines = iter([" ".join(line.split()) for line in printed.splitlines()])
    for wanted in map(str.split, snippet.body.splitlines()):
        if wanted in ([], ["…"]):
            continue
        pattern = re.compile(".*?".join(map(re.escape, " ".join(wanted).split("…"))))
        if not any(pattern.fullmatch(line) for line in lines):
            raise BrokenSnippet(f"line {snippet.line}: “{' '.join(wanted)}” is not printed (there):\n{printed}")
