"""Wheels made by hand, good and bad, for tests of what installs them."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import rfc8785

Content = Mapping[str, str | bytes]


def wheel(
    folder: Path,
    name: str = "coach",
    version: str = "1.0.0",
    files: Content | None = None,
    *,
    requires: Iterable[str] = (),
    python: str = "",
    entry_points: str = "",
    tag: str = "py3-none-any",
    pure: bool = True,
    unrecorded: Content | None = None,
) -> Path:
    """A wheel with these files beside its .dist-info, in which RECORD does not name what is `unrecorded`.

    What `files` gives for a path of the .dist-info takes the place of what it would hold.
    """
    written = name.replace("-", "_")
    info = f"{written}-{version}.dist-info"
    headers = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    headers += [f"Requires-Python: {python}"] if python else []
    content: dict[str, bytes] = {
        f"{info}/METADATA": _lines("Metadata-Version: 2.1", *headers),
        f"{info}/WHEEL": _lines("Wheel-Version: 1.0", f"Root-Is-Purelib: {str(pure).lower()}", f"Tag: {tag}"),
    }
    if entry_points:
        content[f"{info}/entry_points.txt"] = entry_points.encode()
    content |= {path: _bytes(data) for path, data in (files or {f"{written}/__init__.py": ""}).items()}
    content.setdefault(f"{info}/RECORD", record(content, info))
    content |= {path: _bytes(data) for path, data in (unrecorded or {}).items()}
    path = folder / f"{written}-{version}-{tag}.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in content.items():
            archive.writestr(zipfile.ZipInfo(member), data, zipfile.ZIP_DEFLATED)
    return path


def service_wheel(
    folder: Path,
    service: str = "org.example.coach",
    version: str = "1.0.0",
    name: str = "coach",
    *,
    code: str = "",
    manifest: Mapping[str, Any] | None = None,
    files: Content | None = None,
    **more: Any,
) -> Path:
    """A wheel with one service in it, whose manifest says `manifest` beside the least that it must."""
    package = name.replace("-", "_")
    said = {**least_manifest(service, version, f"{package}:{package}"), **(manifest or {})}
    content = {f"{package}/__init__.py": code, f"{package}/manifest.json": rfc8785.dumps(said), **(files or {})}
    points = f"[selfdata.services]\n{name} = {package}:manifest.json\n"
    return wheel(folder, name, version, content, **{"entry_points": points, **more})


def least_manifest(service: str, version: str, function: str) -> dict[str, Any]:
    return {
        "manifest": 1,
        "id": service,
        "version": version,
        "sdk": ">=0.1",
        "function": function,
        "name": {"en": "Coach", "fr": "Conseil"},
        "summary": {"en": "Says little.", "fr": "Dit peu."},
        "publisher": {"name": "Somebody"},
        "licence": "MIT",
        "needs": {},
        "outputs": {"kinds": ["no_insight"]},
    }


def record(content: Mapping[str, bytes], info: str) -> bytes:
    """RECORD of these files."""
    lines = []
    for path, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(data)}")
    return _lines(*lines, f"{info}/RECORD,,")


def _lines(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
