from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from selfdata_sdk.scaffold.earlier import keep
from selfdata_sdk.scaffold.template import Template

VARIABLES = {
    "_records": {"water.use": {}, "gas.use": {}},
    "name": "Water week",
    "id": "org.example.{{ cookiecutter.name|slugify }}",
    "package": "{{ cookiecutter.id.split('.')[-1].replace('-', '_') }}",
    "author": "Ada Example <ada@example.org>",
    "records": "water.use",
    "features": "chart",
    "__slug": "{{ cookiecutter.id.split('.')[-1] }}",
    "__name_fr": "{{ cookiecutter.name }}",
    "__licence": "Apache-2.0",
    "__year": "2026",
}

RECORD = """{
  "version": "{{ cookiecutter._version }}",
  "answers": {
{% for name in ["name", "id", "package", "author", "records", "features", "__slug", "__name_fr", "__licence", "__year"] %}
    {{ name|jsonify }}: {{ cookiecutter[name]|jsonify }}{{ "," if not loop.last }}
{% endfor %}
  }
}
"""

PACKAGE = "{{cookiecutter.package}}"

MakeTemplate = Callable[..., Template]


@pytest.fixture
def make_template(tmp_path: Path) -> MakeTemplate:
    """Makes a small template of one version after the other, each kept: its files in a project by their names."""

    def make(version: int, **files: str) -> Template:
        folder = tmp_path / "template"
        project = folder / "{{cookiecutter.__slug}}"
        for old in (p for p in project.rglob("*") if p.is_file()):
            old.unlink()
        for name, text in {
            "README.md": "# {{ cookiecutter.name }}\n",
            ".selfdata-template.json": RECORD,
            f"{PACKAGE}/__init__.py": "",
            **files,
        }.items():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_bytes(text.encode())
        (folder / "cookiecutter.json").write_text(json.dumps({"_version": str(version), **VARIABLES}), encoding="utf-8")
        made = Template.read(folder)
        keep(made)
        return made

    return make


@pytest.fixture
def git_work_tree() -> Callable[[Path], None]:
    """Makes a folder a git work tree with all that it holds committed."""

    def commit(folder: Path) -> None:
        person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
        for words in (("init", "-q"), ("add", "-A"), (*person, "commit", "-q", "-m", "All")):
            subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)

    return commit
