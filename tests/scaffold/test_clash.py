"""A project hides nothing that is installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from selfdata_sdk.errors import RequestError
from selfdata_sdk.scaffold.clash import refuse_clash


def test_a_free_name_passes() -> None:
    refuse_clash("package", "surely_nobody_has_this")
    refuse_clash("id", "org.example.surely-nobody-has-this")
    refuse_clash("name", "pytest")


@pytest.mark.parametrize(("key", "text"), [("package", "pytest"), ("package", "yaml"), ("id", "org.example.pytest")])
def test_the_name_of_something_installed_is_refused(key: str, text: str) -> None:
    with pytest.raises(RequestError, match="is installed already"):
        refuse_clash(key, text)


def test_an_installed_package_without_a_file_of_its_own_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spread_over_many").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RequestError, match="is installed already"):
        refuse_clash("package", "spread_over_many")


def test_a_mere_folder_where_one_stands_is_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m` puts the working folder on the path; the new project's folder may be there, empty."""
    (tmp_path / "lyon_water").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    refuse_clash("package", "lyon_water")
