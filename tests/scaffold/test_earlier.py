"""Every version of the template stays available, and none changes once it is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from selfdata_sdk.errors import RequestError
from selfdata_sdk.scaffold.earlier import earlier, is_kept, keep, packed
from selfdata_sdk.scaffold.template import Template, template

from .conftest import MakeTemplate


def test_the_template_of_today_is_kept() -> None:
    """If this fails, the template has changed: raise _version in its cookiecutter.json, and run `make template`."""
    assert is_kept(template())


def test_every_version_is_there_up_to_that_of_today() -> None:
    today = template()
    for version in range(1, today.version + 1):
        with earlier(today, version) as then:
            assert then.version == version


def test_a_template_that_changed_without_a_new_version_is_found(make_template: MakeTemplate) -> None:
    made = make_template(1)
    assert is_kept(made)
    readme = made.folder / "{{cookiecutter.__slug}}" / "README.md"
    readme.write_text("# Another\n", encoding="utf-8")
    assert not is_kept(made)
    with pytest.raises(RequestError, match="version 1 is kept already"):
        keep(made)


def test_a_new_version_without_its_archive_is_found(make_template: MakeTemplate) -> None:
    made = make_template(1)
    variables = {**made.variables, "_version": "2"}
    (made.folder / "cookiecutter.json").write_text(json.dumps(variables), encoding="utf-8")
    today = Template.read(made.folder)
    assert not is_kept(today)
    keep(today)
    assert is_kept(today)


def test_an_earlier_template_is_as_it_was(make_template: MakeTemplate) -> None:
    make_template(1, NOTES="first\n")
    today = make_template(2, NOTES="second\n")
    with earlier(today, 1) as then:
        assert (then.version, then.render({})["NOTES"]) == (1, b"first\n")
    assert today.render({})["NOTES"] == b"second\n"


def test_a_version_that_nobody_kept_is_refused(make_template: MakeTemplate) -> None:
    with pytest.raises(RequestError, match="version 3 is not kept"), earlier(make_template(4), 3):
        pass


def test_the_same_files_are_the_same_archive(tmp_path: Path) -> None:
    tree = {"b/{{ x }}": b"2", "a": b"1"}
    assert packed(tree) == packed(dict(sorted(tree.items())))
    assert packed(tree) != packed({**tree, "a": b"3"})
