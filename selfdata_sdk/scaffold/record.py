"""What a project says of the template that it was made from: `.selfdata-template.json`.

It comes with the project, which may be somebody else's: it is read as strictly as answers that are typed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ..errors import RequestError
from .answers import EXAMPLES, QUESTIONS, Answers, checked
from .template import Template

FILE = ".selfdata-template.json"
_MOST_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Record:
    """The version of a template, and the answers that were given to it."""

    version: int
    answers: Answers

    @classmethod
    def read(cls, folder: Path, today: Template) -> Record:
        """RequestError if there is none, or if it is not what `selfdata new` writes."""
        try:
            with open(folder / FILE, "rb") as file:
                data = file.read(_MOST_BYTES + 1)
        except OSError:
            raise RequestError(
                f"There is no {FILE} that says what the project was made from.",
                where=str(folder),
                next="Name the folder of a project that `selfdata new` made.",
            ) from None
        match _value(data):
            case {"version": str() as version, "answers": dict() as answers, **others} if not others:
                return cls(_version(version, today), _answers(answers, today))
        raise _damaged()


def _value(data: bytes) -> object:
    try:
        return json.loads(data) if len(data) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        return None


def _version(text: str, today: Template) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise _damaged()
    if int(text) > today.version:
        raise RequestError(
            f"The project was made from version {int(text)} of the template, which is newer than this selfdata.",
            next="Update selfdata.",
        )
    return int(text)


def _answers(found: dict[str, object], today: Template) -> Answers:
    if not set(QUESTIONS) <= found.keys() <= EXAMPLES.keys():
        raise _damaged()
    answers = {}
    for key, text in found.items():
        if not isinstance(text, str):
            raise _damaged()
        answers[key] = checked(key, text, today.records)
    return answers


def _damaged() -> RequestError:
    return RequestError(
        "This is not what `selfdata new` writes.",
        where=FILE,
        next="Put back the file as it was when the project was made.",
    )
