"""Seals: a MAC under a key that is not in the cloud, by which a host knows its own writing."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

_OPEN, _MAC, _CLOSE = b'{"body":', b',"mac":"', b'"}'
_TAIL = len(_MAC) + 64 + len(_CLOSE)


@dataclass(frozen=True, slots=True)
class Seal:
    """HMAC-SHA256 over a document's name and body: what is sealed under one name is not under another."""

    key: bytes

    def wrap(self, name: str, body: bytes) -> bytes:
        """A JSON document of the canonical JSON `body` and its MAC."""
        return _OPEN + body + _MAC + self._mac(name, body).encode() + _CLOSE

    def is_ours(self, name: str, data: bytes) -> bool:
        body = unwrapped(data)
        return body is not None and hmac.compare_digest(
            data[-_TAIL + len(_MAC) : -len(_CLOSE)], self._mac(name, body).encode()
        )

    def _mac(self, name: str, body: bytes) -> str:
        return hmac.new(self.key, name.encode() + b"\0" + body, hashlib.sha256).hexdigest()


def unwrapped(data: bytes) -> bytes | None:
    """The body of a sealed document, whoever sealed it; None if it is no such document."""
    if not (data.startswith(_OPEN) and data.endswith(_CLOSE) and data[-_TAIL:].startswith(_MAC)):
        return None
    return data[len(_OPEN) : -_TAIL]
