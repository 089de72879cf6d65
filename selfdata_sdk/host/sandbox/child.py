"""One run, in a process of its own: walls first, then the data, then the service's code."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from importlib.machinery import ModuleSpec
from types import ModuleType

from selfdata_sdk.errors import FixService, ManifestError, OutputError, ServiceFailed
from selfdata_sdk.service.blocks import BLOCKS
from selfdata_sdk.service.calling import call, called, line_in, named
from selfdata_sdk.service.service import Service

from ..audit import watched
from . import wire
from .walls import Around, confine

HOST = 3
"""The descriptor of the socket to the host."""

_FILE = b'{"file":'  # how the header begins where there is no service to run, but a file to read
_TRACE = 20_000  # characters of a traceback that its author is shown


def run(data: int, around: Around, parent: int) -> None:
    """Do one run and end this process. `data`: the descriptor of the socket to the host; `parent`: the zygote's id."""
    status = 70
    try:
        os.dup2(data, HOST)
        try:
            places = confine(around)
        except Exception as error:
            _send({"error": {"kind": "SandboxUnavailable", "trace": f"{type(error).__name__}: {error}"}})
            return
        if os.getppid() != parent:
            os._exit(0)
        _write(wire.RAISED)
        gc.set_threshold(10_000)  # to look for garbage is to copy the pages that this process still shares
        gc.enable()
        _run(places)
        status = 0
    except MemoryError:
        _send({"error": {"kind": "MemoryLimit"}})
    finally:
        os._exit(status)


def _run(places: Mapping[str, str]) -> None:
    header, body = _given()
    if header.startswith(_FILE):
        from . import reading  # importers are loaded where a file is to be read

        reading.read(header, bytes(body), _write)
        return
    task = wire.unpacked(header, body)
    service: Service[...] | None = None
    # The host names the last one if this process is killed for it.
    watch = watched(lambda name: _send({"call": name}), places.values()) if task.debug else nullcontext()
    try:
        with watch:
            service = _service(task, places)
            for block in call(service, task.given):
                if not isinstance(block, BLOCKS):
                    raise OutputError(f"The service gave {called(block)}, which is no block.", next="Give blocks only.")
                _write(b'{"block":' + block.model_dump_json().encode() + b"}")
        _send({"end": True})
    except MemoryError:
        raise
    except BaseException as error:
        _send({"error": _said(error, service, task.debug)})


def _given() -> tuple[bytes, bytearray]:
    header, body = wire.LENGTHS.unpack(_read(wire.LENGTHS.size))
    return bytes(_read(header)), _read(body)


def _service(task: wire.Task, places: Mapping[str, str]) -> Service[...]:
    """The service's function, from the packages that are shown to this run."""
    sys.meta_path.append(_Shown(places))
    module, _, name = task.place.partition(":")
    found = getattr(importlib.import_module(module), name, None)
    if not isinstance(found, Service):
        raise ManifestError(f"{name} is not a service of {module}.", next="Put @service on the function.")
    asked = {r.label: (r.shape.record_type.type, r.shape.names) for r in found.requests}
    settings = sorted(option.name for option in found.options)
    if found.id != task.service or asked != task.asked or settings != sorted(task.given.settings):
        raise ManifestError("The code asks for other things than its manifest.", next="Write the manifest anew.")
    return found


class _Shown:
    """Finds the packages of a service where they are shown: the folders above them are not."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        place = self._places.get(name) if path is None else None
        if place is None:
            return None
        if not os.path.isdir(place):
            return importlib.util.spec_from_file_location(name, place)
        start = os.path.join(place, "__init__.py")
        if os.path.exists(start):
            return importlib.util.spec_from_file_location(name, start, submodule_search_locations=[place])
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [place]
        return spec


def _said(error: BaseException, service: Service[...] | None, debug: bool) -> dict[str, object]:
    """What the host is told of an error. Its text stays here, but for the author who asks to see it."""
    kind = "ServiceFailed"
    if isinstance(error, FixService) and not isinstance(error, ServiceFailed):
        kind = "ManifestError" if isinstance(error, ManifestError) else "OutputError"
    cause = error.__cause__ if isinstance(error, ServiceFailed) and error.__cause__ else error
    said: dict[str, object] = {"kind": kind, "name": named(cause)}
    if service is not None and (line := line_in(service, cause)) is not None:
        said["line"] = line
    if isinstance(cause, MemoryError):
        said["kind"] = "MemoryLimit"
    if debug:
        said["trace"] = "".join(traceback.format_exception(cause))[-_TRACE:]
    return said


def _read(size: int) -> bytearray:
    found = bytearray(size)
    view, at = memoryview(found), 0
    while at < size:
        read = os.readv(HOST, [view[at:]])
        if not read:
            os._exit(0)
        at += read
    return found


def _send(message: dict[str, object]) -> None:
    _write(json.dumps(message).encode())


def _write(message: bytes) -> None:
    data = memoryview(wire.LENGTH.pack(len(message)) + message)
    while data:
        data = data[os.write(HOST, data) :]
