"""A package that may be installed: one distribution's files, held in memory, and the rules that all of them keep to.

A package comes from a wheel (`selfdata_sdk.host.wheel`) or, where the author is trusted, from a project's folder.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from ..errors import InstallRefused
from ..model.text import clean
from .provided import provided_modules

MAX_FILES = 20_000
MAX_UNPACKED = 200_000_000

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_COMPILED = re.compile(r"\.py[co]$", re.IGNORECASE)
_NATIVE = re.compile(r"\.(so|pyd|dll|dylib)(\.[0-9.]+)?$", re.IGNORECASE)
_ELF = b"\x7fELF"
_RUN_AT_START = {"sitecustomize", "usercustomize"}


@dataclass(frozen=True, slots=True)
class Package:
    """A distribution, checked.

    sha256    of the wheel, in hexadecimal; "" for a project's folder
    files     path → content, as they will lie beside those of other packages
    services  the entry points of the group `selfdata.services`
    """

    name: NormalizedName
    version: Version
    sha256: str
    requires: tuple[Requirement, ...]
    python: SpecifierSet
    services: Mapping[str, str]
    files: Mapping[str, bytes]


def refused(what: str, where: str, *, native: bool = False) -> InstallRefused:
    """The refusal of a package. `native`: because of native code, which the host may approve."""
    return InstallRefused(
        what,
        where=where,
        next="Approve it with --native if you trust its author."
        if native
        else "Ask its author for another one; nothing was installed.",
    )


def shown(path: str) -> str:
    """A foreign name, safe to show."""
    return clean(path)[:100]


def check_paths(paths: Iterable[str], where: str) -> None:
    """InstallRefused for a name that leads out of the folder, that some system reads otherwise, or that is there twice."""
    files: set[str] = set()
    for path in paths:
        parts = path.split("/")
        if any(part in ("", ".", "..") or part[-1] in ". " or len(part.encode()) > 200 for part in parts):
            raise refused(f"The name “{shown(path)}” leads elsewhere, or nowhere.", where)
        if _FORBIDDEN.search(path) or clean(path) != path or len(path) > 400:
            raise refused(f"The name “{shown(path)}” has characters that names of files may not have.", where)
        if _folded(path) in files:
            raise refused(f"The name “{shown(path)}” is there twice; upper and lower case count as one.", where)
        files.add(_folded(path))
    for path in files:
        if any(path[:i] in files for i, letter in enumerate(path) if letter == "/"):
            raise refused(f"The name “{shown(path)}” takes a file for a folder.", where)


def check_files(files: Mapping[str, bytes], where: str, *, native: bool) -> None:
    """InstallRefused for files that run by themselves, hide what they do, or take the place of the host's own."""
    taken = {name.casefold() for name in {*sys.stdlib_module_names, *provided_modules(), *_RUN_AT_START}}
    for path, content in files.items():
        top = path.partition("/")[0].partition(".")[0]
        if path.casefold().endswith(".pth"):
            raise refused(f"“{shown(path)}” is a .pth file, which runs when Python starts.", where)
        if top.casefold() in taken:
            raise refused(f"“{shown(path)}” takes the place of a module of Python or of this host.", where)
        if _COMPILED.search(path):
            raise refused(f"“{shown(path)}” is compiled: nobody can read what it does.", where)
        if not native and (_NATIVE.search(path) or content.startswith(_ELF)):
            raise refused(f"“{shown(path)}” is native code.", where, native=True)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFKC", path).casefold()
