"""Whether a cloud keeps the promise that consent rests on: compare-and-swap."""

from __future__ import annotations

import secrets

from ..errors import Conflict, RequestError
from .cloud import Change, Cloud
from .together import Together


def probe(cloud: Cloud) -> None:
    """RequestError if the cloud lets a writer replace what it has not seen. Leaves nothing behind."""
    if isinstance(cloud, Together):
        cloud = cloud.cloud
    name = f"probe.{secrets.token_hex(8)}"
    cloud.commit([Change(name, b'"1"', None)])
    try:
        first = cloud.get(name)
        if first is None or first.data != b'"1"':
            raise _unfit()
        _must_refuse(cloud, Change(name, b'"2"', None))
        cloud.commit([Change(name, b'"2"', first.version)])
        _must_refuse(cloud, Change(name, b'"3"', first.version))
        _must_refuse(cloud, Change(name, None, first.version))
    finally:
        if (last := cloud.get(name)) is not None:
            cloud.commit([Change(name, None, last.version)])


def _must_refuse(cloud: Cloud, change: Change) -> None:
    try:
        cloud.commit([change])
    except Conflict:
        return
    raise _unfit()


def _unfit() -> RequestError:
    return RequestError(
        "This cloud loses writes: two programs that write at once can undo each other's work, even a withdrawal.",
        next="Keep grants in another cloud.",
    )
