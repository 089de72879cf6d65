"""The published JSON Schemas of needs, grants, receipts and the journal, in `schemas/` beside this file.

`python -m selfdata_sdk.consent.schema` writes them.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from selfdata_sdk.model.schema import JsonSchema, stale_files, write_files
from selfdata_sdk.service.manifest import AskedNeed

from .checkpoint import Checkpoint
from .entry import Header
from .grant import Grant
from .receipt import Receipt

FOLDER = Path(__file__).with_name("schemas")
_MODELS: dict[str, type[BaseModel]] = {
    "need": AskedNeed,
    "grant": Grant,
    "receipt": Receipt,
    "entry": Header,
    "checkpoint": Checkpoint,
}


def schemas() -> dict[str, JsonSchema]:
    """The schemas (JSON Schema 2020-12) as the code has them now, by file name."""
    return {f"{name}-1.json": _schema(name, model) for name, model in _MODELS.items()}


def _schema(name: str, model: type[BaseModel]) -> JsonSchema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:selfdata:schema:{name}:1",
        **model.model_json_schema(),
    }


def stale(folder: Path = FOLDER) -> list[str]:
    """The files of `folder` that are not what the code says."""
    return stale_files(schemas(), folder)


def write_schemas(folder: Path = FOLDER) -> None:
    write_files(schemas(), folder)


if __name__ == "__main__":
    write_schemas()
