"""The template of a project, as cookiecutter reads it, and what it makes of answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .answers import Answers

Tree = Mapping[str, bytes]
"""What a project's files hold, by their path in the project with /."""

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Template:
    """A folder with a cookiecutter.json."""

    folder: Path
    variables: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Template:
        return cls(folder.absolute(), json.loads((folder / "cookiecutter.json").read_bytes()))

    @property
    def version(self) -> int:
        return int(self.variables["_version"])

    @property
    def records(self) -> tuple[str, ...]:
        """The record types that it can make a service of."""
        return tuple(self.variables["_records"])

    def default(self, key: str, answers: Answers) -> str:
        """The answer to the question `key` that follows from those before it."""
        from cookiecutter.prompt import render_variable
        from cookiecutter.utils import create_env_with_context

        environment = create_env_with_context({"cookiecutter": dict(self.variables)})
        return str(render_variable(environment, self.variables[key], {**self.variables, **answers}))

    def render(self, answers: Answers) -> Tree:
        """The project that checked `answers` make. No hook, no network, nothing read or written of the user's."""
        from cookiecutter.generate import generate_context, generate_files
        from cookiecutter.prompt import prompt_for_config

        context = generate_context(str(self.folder / "cookiecutter.json"), extra_context=dict(answers))
        context["cookiecutter"] = prompt_for_config(context, no_input=True)
        with TemporaryDirectory() as place:
            made = Path(generate_files(self.folder, context, place, accept_hooks=False))
            return {p.relative_to(made).as_posix(): p.read_bytes() for p in sorted(made.rglob("*")) if p.is_file()}


def template() -> Template:
    """The template of this version of the SDK: inside of the package, or beside it in the source tree."""
    inside = _PACKAGE / "plugin_template"
    return Template.read(inside if inside.is_dir() else _PACKAGE.parent / "plugin_template")
