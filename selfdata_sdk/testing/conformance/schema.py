"""The published JSON Schema of badges, in `schemas/` beside this file.

`python -m selfdata_sdk.testing.conformance.schema` writes it.
"""

from __future__ import annotations

from pathlib import Path

from selfdata_sdk.model.schema import JsonSchema, stale_files, write_files

from .badge import FORMAT, Badge

FOLDER = Path(__file__).with_name("schemas")


def schemas() -> dict[str, JsonSchema]:
    """The schema (JSON Schema 2020-12) as the code has it now, by file name."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:selfdata:schema:badge:{FORMAT}",
        **Badge.model_json_schema(),
    }
    return {f"badge-{FORMAT}.json": schema}


def stale(folder: Path = FOLDER) -> list[str]:
    """The files of `folder` that are not what the code says."""
    return stale_files(schemas(), folder)


def write_schemas(folder: Path = FOLDER) -> None:
    write_files(schemas(), folder)


if __name__ == "__main__":
    write_schemas()
