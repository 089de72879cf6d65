"""Projects made with cookiecutter alone, as by somebody who types the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cookiecutter import main, prompt
from cookiecutter.generate import generate_context, generate_files

TEMPLATE = Path(__file__).parents[2] / "plugin_template"
VARIABLES: Mapping[str, Any] = json.loads((TEMPLATE / "cookiecutter.json").read_bytes())
RECORDS: Mapping[str, Any] = VARIABLES["_records"]


@contextmanager
def typing(answers: Mapping[str, str]) -> Iterator[None]:
    """Answers to the questions by name; the default is taken where there is none."""
    with patch.object(prompt, "read_user_variable", lambda name, default, *_: answers.get(name, default)):
        yield


def bake(place: Path, template: Path = TEMPLATE, **typed: str) -> Path:
    """The project, made in `place`."""
    with typing(typed), patch.object(main, "dump"):  # which would write the answers into the home directory
        return Path(main.cookiecutter(str(template), default_config=True, output_dir=str(place)))


def context(answers: Mapping[str, str]) -> dict[str, Any]:
    """What the template's files and its hook are rendered with; `answers` may hold what is not asked too."""
    given = {name: answer for name, answer in answers.items() if name.startswith("_")}
    found: dict[str, Any] = generate_context(str(TEMPLATE / "cookiecutter.json"), extra_context=given)
    with typing(answers):
        found["cookiecutter"] = prompt.prompt_for_config(found)
    return found


def render(place: Path, answers: Mapping[str, str]) -> Path:
    """The project without the hook's verdict, made in `place`."""
    return Path(generate_files(TEMPLATE, context(answers), place, accept_hooks=False))
