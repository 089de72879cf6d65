"""The published JSON Schemas of needs, grants, receipts and the journal, in `schemas/` beside this file.

`python -m selfdata_sdk.consent.schema` writes them.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from selfdata_sdk.model.schema import JsonSchema, canonical
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
    return [name for name, schema in schemas().items() if _text(folder / name) != canonical(schema)]


def write_schemas(folder: Path = FOLDER) -> None:
    folder.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(canonical(schema), encoding="utf-8", newline="\n")


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


if __name__ == "__main__":
    write_schemas()
