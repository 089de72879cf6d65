"""Reading a wheel that nobody has to trust: it keeps to every rule, or it is refused. Nothing of it is run.

The rules are those of the binary distribution format (PyPA), narrowed: no links, no scripts, nothing outside of the
import packages, every file under its hash, and no name that leads elsewhere. What `console_scripts` name is ignored:
nothing is put on anybody's PATH.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from email.parser import BytesParser
from pathlib import Path

from packaging.metadata import InvalidMetadata, Metadata
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, sys_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from ..errors import InstallRefused
from ..service.project import GROUP
from .package import MAX_FILES, MAX_UNPACKED, Package, check_files, check_paths, refused, shown

MAX_BYTES = 100_000_000
MAX_RATIO = 200
"""Source code shrinks 3 to 10 times."""

_ENTRY = b"PK\x01\x02"
_HASHES = ("sha256", "sha384", "sha512")
_UNSAFE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)
"""What the zip reader raises for archives that are none."""


def read_wheel(path: Path, *, native: bool = False) -> Package:
    """The package in a wheel; InstallRefused says which rule it breaks.

    native  allow code that is not Python, if it fits this machine
    """
    where = path.name
    data = _bytes(path)
    try:
        name, version, _, tags = parse_wheel_filename(path.name)
    except InvalidWheelFilename:
        raise refused("The name is not that of a wheel.", where) from None
    _check_tags(tags, where, native)
    packed = _unpacked(data, where)
    info = _folder(packed, ".dist-info", where)
    if info is None or _named(info) != (name, str(version)):
        raise refused("There is no .dist-info folder of the wheel's name and version.", where)
    _check_record(packed, info, where)
    pure = _check_format(packed, info, where)
    if not (pure or native):
        raise refused("It says that it is not Python alone.", where, native=True)
    files = _placed(packed, info, where)
    check_files(files, where, native=native)
    metadata = _metadata(packed.get(f"{info}/METADATA", b""), where)
    if (canonicalize_name(metadata.name), metadata.version) != (name, version):
        raise refused("Its file's name and its METADATA name different packages or versions.", where)
    return Package(
        name=name,
        version=version,
        sha256=hashlib.sha256(data).hexdigest(),
        requires=tuple(metadata.requires_dist or ()),
        python=metadata.requires_python or SpecifierSet(),
        services=_services(packed.get(f"{info}/entry_points.txt", b""), where),
        files=files,
    )


def fits(tags: frozenset[Tag]) -> bool:
    """True if a wheel of these tags works with this interpreter on this machine."""
    return not tags.isdisjoint(sys_tags())


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise refused("It is larger than 100 MB.", path.name)
        return path.read_bytes()
    except OSError as error:
        raise InstallRefused(
            f"This file cannot be read ({error.strerror}).", where=path.name, next="Check the name and the rights."
        ) from None


def _check_tags(tags: frozenset[Tag], where: str, native: bool) -> None:
    if not fits(tags):
        raise refused("It is for another machine or another version of Python.", where)
    if not native and not any(tag.abi == "none" and tag.platform == "any" for tag in tags):
        raise refused("It is for one kind of machine: it holds native code.", where, native=True)


def _unpacked(data: bytes, where: str) -> dict[str, bytes]:
    """Every file by its name in the archive."""
    if not data.startswith(b"PK\x03\x04"):
        raise refused("It is not a zip archive.", where)
    if data.count(_ENTRY) > MAX_FILES:
        raise refused(f"It holds more than {MAX_FILES} files.", where)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            for of_folders in (False, True):
                check_paths((e.orig_filename.removesuffix("/") for e in entries if e.is_dir() is of_folders), where)
            _check_entries(entries, len(data), where)
            return {e.filename: archive.read(e) for e in entries if not e.is_dir()}
    except _UNSAFE:
        raise refused("It is a damaged archive.", where) from None


def _check_entries(entries: list[zipfile.ZipInfo], packed: int, where: str) -> None:
    size = sum(e.file_size for e in entries)
    if size > MAX_UNPACKED or (size > 1_000_000 and size > MAX_RATIO * packed):
        raise refused("It would unpack to far more than a package holds.", where)
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise refused(f"“{shown(entry.filename)}” is encrypted.", where)
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise refused(f"“{shown(entry.filename)}” is a link or a device.", where)
        if entry.is_dir() and entry.file_size:
            raise refused(f"“{shown(entry.filename)}” is a folder with content.", where)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused(f"“{shown(entry.filename)}” is compressed in a way that wheels are not.", where)


def _folder(packed: Mapping[str, bytes], suffix: str, where: str) -> str | None:
    """The one folder at the top whose name ends so."""
    found = {path.partition("/")[0] for path in packed if path.partition("/")[0].endswith(suffix)}
    if len(found) > 1:
        raise refused(f"It holds several {suffix} folders.", where)
    return next(iter(found), None)


def _named(folder: str) -> tuple[str, str]:
    """The name and the version that a .dist-info or .data folder stands for, normalised."""
    name, _, version = folder.rpartition(".")[0].rpartition("-")
    return canonicalize_name(name), _canonical(version)


def _canonical(version: str) -> str:
    try:
        return str(Version(version))
    except InvalidVersion:
        return ""


def _check_record(packed: Mapping[str, bytes], info: str, where: str) -> None:
    """RECORD names every file, with its hash, and no other; only RECORD itself has none."""
    own = f"{info}/RECORD"
    listed: dict[str, str] = {}
    try:
        for path, digest, *_ in csv.reader(packed[own].decode("utf-8").splitlines()):
            if path in listed:
                raise refused(f"RECORD names “{shown(path)}” twice.", where)
            listed[path] = digest
    except (KeyError, ValueError, csv.Error):
        raise refused("It has no RECORD of its files that can be read.", where) from None
    for path in packed.keys() ^ listed.keys():
        raise refused(f"RECORD and the files differ: “{shown(path)}” is in one only.", where)
    for path, content in packed.items():
        if path != own and not _matches(listed[path], content):
            raise refused(f"“{shown(path)}” is not what RECORD says.", where)


def _matches(recorded: str, content: bytes) -> bool:
    algorithm, _, digest = recorded.partition("=")
    if algorithm not in _HASHES:
        return False
    made = base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest())
    return made.rstrip(b"=").decode() == digest


def _check_format(packed: Mapping[str, bytes], info: str, where: str) -> bool:
    """True if the wheel says that it is Python alone."""
    said = BytesParser().parsebytes(packed.get(f"{info}/WHEEL", b""), headersonly=True)
    if (said["Wheel-Version"] or "").partition(".")[0] != "1":
        raise refused("It is not in version 1 of the wheel format.", where)
    return str(said["Root-Is-Purelib"]).strip().casefold() == "true"


def _placed(packed: Mapping[str, bytes], info: str, where: str) -> dict[str, bytes]:
    """The files where they will lie: what .data holds for the import path goes there, anything else is refused."""
    data = _folder(packed, ".data", where)
    if data is not None and _named(data) != _named(info):
        raise refused("It holds a .data folder of another name.", where)
    places = list(_places(packed, data, f"{info}/RECORD", where))
    check_paths((path for path, _ in places), where)
    return dict(places)


def _places(packed: Mapping[str, bytes], data: str | None, record: str, where: str) -> Iterator[tuple[str, bytes]]:
    for path, content in packed.items():
        top, _, rest = path.partition("/")
        kind, _, place = rest.partition("/")
        if top == data and (kind not in ("purelib", "platlib") or not place):
            raise refused(f"“{shown(path)}” would go outside of the import packages, as scripts do.", where)
        if path != record:
            yield (place if top == data else path), content


def _metadata(data: bytes, where: str) -> Metadata:
    try:
        metadata = Metadata.from_email(data, validate=False)
        # Read once here: each field is checked when it is first asked for.
        _ = metadata.name, metadata.version, metadata.requires_python, metadata.requires_dist
    except (InvalidMetadata, ExceptionGroup, ValueError):
        raise refused("Its METADATA cannot be read.", where) from None
    return metadata


def _services(data: bytes, where: str) -> dict[str, str]:
    parser = ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(data.decode("utf-8"))
        return dict(parser[GROUP]) if GROUP in parser else {}
    except (ConfigError, UnicodeDecodeError):
        raise refused("Its entry points cannot be read.", where) from None
