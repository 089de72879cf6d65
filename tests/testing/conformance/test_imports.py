from __future__ import annotations

import pytest

from selfdata_sdk.testing.conformance.rules.imports import imports


def found(source: str) -> set[tuple[str, str]]:
    return {(module, name) for _, module, name in imports(source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b as c", {("a.b", "")}),
        ("from a import b, c", {("a", "b"), ("a", "c")}),
        ("def f():\n    import a", {("a", "")}),
        ("try:\n    import a\nexcept ImportError:\n    import b", {("a", ""), ("b", "")}),
        ("import importlib\nimportlib.import_module('a.b')", {("importlib", ""), ("a.b", "")}),
        ("__import__('a')", {("a", "")}),
    ],
)
def test_an_import_is_found_wherever_and_however_it_is_written(source: str, expected: set[tuple[str, str]]) -> None:
    assert found(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "from . import a\nfrom .b import c",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a",
        "import typing\nif typing.TYPE_CHECKING:\n    import a",
        "import importlib\nimportlib.import_module('.a', __package__)",
    ],
)
def test_its_own_files_and_what_types_alone_need_do_not_count(source: str) -> None:
    assert {module for module, _ in found(source)} <= {"typing", "importlib"}


def test_what_is_imported_instead_of_types_counts() -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\nelse:\n    import b"
    assert ("b", "") in found(source)
