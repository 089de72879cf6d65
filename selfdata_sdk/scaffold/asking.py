"""From what is known to all answers: each question with its check and a default that passes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..errors import RequestError
from .answers import LONGEST, QUESTIONS, Answers, checked
from .author import author
from .clash import refuse_clash
from .template import Template

Check = Callable[[str], str]
"""From what was typed to the answer; RequestError says why it is none."""

Ask = Callable[[str, str, Check], str]
"""From a question, its default and its check to the answer."""


def answered(today: Template, given: Answers, ask: Ask, folder: str = "") -> Answers:
    """What is `given`, checked, and the answers to the other questions; `folder` is what the project's is called, if known.

    RequestError if something given is no answer.
    """

    def check(key: str, typed: str) -> str:
        answer = checked(key, typed, today.records)
        refuse_clash(key, answer)
        return answer

    answers = {key: check(key, typed) for key, typed in given.items()}
    for key in QUESTIONS:
        if key not in answers:
            passes = partial(check, key)
            answers[key] = ask(key, _default(_proposals(today, key, answers, folder), passes), passes)
    return answers


def _default(proposals: Iterator[str], check: Check) -> str:
    """The first that is an answer; nothing if none is."""
    for text in proposals:
        try:
            return check(text)
        except RequestError:
            continue
    return ""


def _proposals(today: Template, key: str, answers: Answers, folder: str) -> Iterator[str]:
    if key == "name" and folder:
        words = " ".join(folder.replace("_", "-").split("-"))
        yield words[:1].upper() + words[1:]
    if key == "author":
        yield from author()
    text = today.default(key, answers)
    yield text
    if key in ("id", "package"):
        hyphen = "-" if key == "id" else "_"
        room = LONGEST[key] - len("-service")
        yield text[:room].rstrip(hyphen)
        yield f"{text[:room].rstrip(hyphen)}{hyphen}service"
