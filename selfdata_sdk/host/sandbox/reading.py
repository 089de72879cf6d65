"""A holder's file in a sandboxed run: recognised and read there, by the built-in importers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from selfdata_sdk.errors import FileRefused, RequestError
from selfdata_sdk.importers.file import File, Held
from selfdata_sdk.importers.importer import Importer, Options
from selfdata_sdk.importers.importing import recognise, source_of
from selfdata_sdk.importers.registry import Importers
from selfdata_sdk.model.time import micros, moment
from selfdata_sdk.service.calling import named

from .items import line, packed
from .wire import LENGTHS


def header(file: File, now: datetime, options: Options, chosen: Importer | None) -> bytes:
    """What goes before the bytes of a file: their lengths, and what is asked. The file's name stays here."""
    asked = {"format": "" if chosen is None else chosen.name, "now": micros(now), "options": asdict(options)}
    text = json.dumps({"file": asked}, separators=(",", ":")).encode()
    return LENGTHS.pack(len(text), file.size) + text


def read(header: bytes, content: bytes, write: Callable[[bytes], None], known: Importers | None = None) -> None:
    """Recognise the file and say what it holds. MemoryError is the caller's."""
    known = known or Importers()
    try:
        asked = json.loads(header)["file"]
        file, options = Held(Path(), content), Options(**asked["options"])
        importer = recognise(file, known, known.named(asked["format"]) if asked["format"] else None)
        write(line(format=importer.name))
        for message in packed(importer.read(file, source_of(importer, options, moment(asked["now"], UTC)), options)):
            write(message)
        write(line(end=True))
    except MemoryError:
        raise
    except (FileRefused, RequestError) as error:
        said = {"what": error.what, "place": error.where, "next": error.next}
        write(line(error={"kind": type(error).__name__, **said}))
    except Exception as error:
        write(line(error={"kind": "Raised", "name": named(error)}))
