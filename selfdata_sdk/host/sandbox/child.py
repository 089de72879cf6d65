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
from dataclasses import dataclass
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

_TRACE = 20_000  # characters of a traceback that its author is shown


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is for: the service's function, as `module:name`, or "" to read a file."""

    place: str
    debug: bool


def run(data: int, around: Around, asked: Asked, parent: int) -> None:
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
        _run(asked, places)
        status = 0
    except MemoryError:
        _send({"error": {"kind": "MemoryLimit"}})
    finally:
        os._exit(status)


def _run(asked: Asked, places: Mapping[str, str]) -> None:
    if not asked.place:
        from . import reading  # importers are loaded where a file is to be read

        header, body = _given()
        reading.read(header, bytes(body), _write)
        return
    service: Service[...] | None = None
    # The host names the last one if this process is killed for it.
    watch = watched(lambda name: _send({"call": name}), places.values()) if asked.debug else nullcontext()
    try:
        with watch:
            # Before there are any data: of a run that was begun ahead this is done when it is asked for.
            service = _service(asked.place, places)
            task = wire.unpacked(*_given())
            _check(service, task)
            for block in call(service, task.given):
                if not isinstance(block, BLOCKS):
                    raise OutputError(f"The service gave {called(block)}, which is no block.", next="Give blocks only.")
                _write(b'{"block":' + block.model_dump_json().encode() + b"}")
        _send({"end": True})
    except MemoryError:
        raise
    except BaseException as error:
        _send({"error": _said(error, service, asked.debug)})


def _given() -> tuple[bytes, bytearray]:
    header, body = wire.LENGTHS.unpack(_read(wire.LENGTHS.size))
    return bytes(_read(header)), _read(body)


def _service(place: str, places: Mapping[str, str]) -> Service[...]:
    """The service's function, from the packages that are shown to this run."""
    sys.meta_path.append(_Shown(places))
    module, _, name = place.partition(":")
    found = getattr(importlib.import_module(module), name, None)
    if not isinstance(found, Service):
        raise ManifestError(f"{name} is not a service of {module}.", next="Put @service on the function.")
    return found


def _check(service: Service[...], task: wire.Task) -> None:
    """ManifestError if the code asks for other things than the manifest that was agreed to."""
    asked = {r.label: (r.shape.record_type.type, r.shape.names) for r in service.requests}
    own = tuple(own.digest for own in service.own_types)
    settings = sorted(option.name for option in service.options)
    same = service.id == task.service and asked == task.asked and own == task.own
    if not same or settings != sorted(task.given.settings):
        raise ManifestError("The code asks for other things than its manifest.", next="Write the manifest anew.")


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
