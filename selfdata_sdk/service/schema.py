"""The published JSON Schemas of manifests and outputs, in `schemas/` beside this file.

`python -m selfdata_sdk.service.schema` writes them.
"""

from __future__ import annotations

from pathlib import Path

from selfdata_sdk.model.schema import JsonSchema, stale_files, write_files

from .blocks import outputs_schema
from .manifest import FORMAT, manifest_schema

FOLDER = Path(__file__).with_name("schemas")


def schemas() -> dict[str, JsonSchema]:
    """The schemas as the code has them now, by file name."""
    return {f"manifest-{FORMAT}.json": manifest_schema(), "outputs-1.json": outputs_schema()}


def stale(folder: Path = FOLDER) -> list[str]:
    """The files of `folder` that are not what the code says."""
    return stale_files(schemas(), folder)


def write_schemas(folder: Path = FOLDER) -> None:
    write_files(schemas(), folder)


if __name__ == "__main__":
    write_schemas()
