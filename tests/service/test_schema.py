"""The published schemas are current."""

from __future__ import annotations

from pathlib import Path

from selfdata_sdk.service.schema import FOLDER, stale, write_schemas


def test_the_committed_schemas_are_what_the_code_says() -> None:
    """`python -m selfdata_sdk.service.schema` changes nothing."""
    assert stale() == []
    assert {p.name for p in FOLDER.glob("*.json")} == {"manifest-1.json", "outputs-1.json"}


def test_a_stale_schema_is_found(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    assert stale(tmp_path) == []
    (tmp_path / "manifest-1.json").write_text("{}")
    (tmp_path / "outputs-1.json").unlink()
    assert stale(tmp_path) == ["manifest-1.json", "outputs-1.json"]
