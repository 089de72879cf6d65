"""Personal clouds: the port that all of them are used through, and the adapters."""

from __future__ import annotations

from .cloud import Change, Cloud, Document
from .memory import MemoryCloud
from .sqlite import SqliteCloud
from .together import Together

__all__ = ["Change", "Cloud", "Document", "MemoryCloud", "SqliteCloud", "Together"]
