"""Makes attacks as one user, behind one kind of walls or behind none, and prints what became of each as JSON.

`python -m tests.sandbox.battery USER WALLS`, with the names of attacks as a JSON list on its input. USER is root or
nobody, WALLS a mode of the sandbox or none.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import pkgutil
import shutil
import signal
import socket
import sqlite3
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import selfdata_sdk
from selfdata_sdk.errors import SandboxUnavailable, SelfDataError
from selfdata_sdk.host.code import Code
from selfdata_sdk.host.sandbox import Mode, Sandbox, kernel
from selfdata_sdk.service.calling import Given
from selfdata_sdk.service.deriving import manifest_of

from . import attacks
from .attacks.attack import ATTACKS, SECRET, Attack, World, hostile

NOBODY = 65534
_GIVEN = datetime(2025, 6, 15, tzinfo=UTC)
_MANIFEST = manifest_of(hostile)

for _, _name, _ in pkgutil.iter_modules(attacks.__path__):
    importlib.import_module(f"{attacks.__name__}.{_name}")


@dataclass
class Outcome:
    """What became of an attack.

    worked   it says that it did what it was to do
    error    the error that ended the run, by its name; without walls, of the operating system, as errno
    signal   that ended the process, without walls
    effects  what the host saw of it
    """

    worked: bool = False
    error: str | int = ""
    signal: int = 0
    effects: list[str] = field(default_factory=list)
