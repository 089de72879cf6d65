"""What a project says of itself is read as strictly as what somebody types: the project may be somebody else's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.errors import RequestError
from selfdata_sdk.scaffold.answers import EXAMPLES
from selfdata_sdk.scaffold.record import FILE, Record

from .conftest import MakeTemplate

ANSWERS = {**EXAMPLES, "records": "water.use"}


def read(tmp_path: Path, make_template: MakeTemplate, content: Any) -> Record:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (tmp_path / FILE).write_bytes(data)
    return Record.read(tmp_path, make_template(3))


def test_a_record_has_the_version_and_the_answers(tmp_path: Path, make_template: MakeTemplate) -> None:
    found = read(tmp_path, make_template, {"version": "2", "answers": ANSWERS})
    assert found == Record(2, ANSWERS)


def answered(**answers: Any) -> dict[str, Any]:
    return {"version": "2", "answers": {**ANSWERS, **answers}}


HOSTILE = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b"\xff\xfe{}",
    "deep": b"[" * 10_000,
    "huge": json.dumps({"version": "2", "answers": ANSWERS, "x": "y" * 20_000}).encode(),
    "a list": [],
    "no answers": {"version": "2"},
    "answers in a list": {"version": "2", "answers": [*ANSWERS.values()]},
    "an unknown key": {"version": "2", "answers": ANSWERS, "hooks": "x"},
    "an unknown answer": answered(_extensions="x"),
    "an answer with a template's settings": answered(_jinja2_env_vars={"x": "y"}),
    "an answer less": {"version": "2", "answers": {k: v for k, v in ANSWERS.items() if k != "package"}},
    "a number for an answer": answered(name=7),
    "a list for an answer": answered(records=["water.use"]),
    "a version that is a number": {"version": 2, "answers": ANSWERS},
    "a version that is a path": {"version": "../2", "answers": ANSWERS},
    "a version in other digits": {"version": "²", "answers": ANSWERS},
    "a negative version": {"version": "-1", "answers": ANSWERS},
    "a newer version": {"version": "4", "answers": ANSWERS},
    "a name that is a template": answered(name="{{ 7*7 }}"),
    "a French name that is a template": answered(__name_fr="{{ 7*7 }}"),
    "a folder that leads out": answered(__slug="../../x"),
    "a package that leads out": answered(package="../../x"),
    "an id that leads out": answered(id="org.example.x/../../y"),
    "a year that is a template": answered(__year="{{1}}"),
    "a hidden character": answered(author="Ada\u202e"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_whatever_else_is_in_the_file_is_refused(tmp_path: Path, make_template: MakeTemplate, content: Any) -> None:
    with pytest.raises(RequestError) as refused:
        read(tmp_path, make_template, content)
    assert refused.value.next
    assert len(str(refused.value)) < 400


def test_a_folder_without_a_record_is_no_project(tmp_path: Path, make_template: MakeTemplate) -> None:
    with pytest.raises(RequestError, match=f"There is no {FILE}"):
        Record.read(tmp_path, make_template(1))
    (tmp_path / FILE).mkdir()
    with pytest.raises(RequestError, match=f"There is no {FILE}"):
        Record.read(tmp_path, make_template(2))
