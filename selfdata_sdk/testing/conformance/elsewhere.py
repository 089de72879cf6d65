"""A service in another interpreter: another seed of hashes, zone, locale and folder, and nothing of what ran before."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ...errors import ServiceFailed
from ...host.engine import Usage
from ...model.text import Text
from ...service.blocks import blocks_from_json, blocks_json
from ...service.calling import Given, call, named
from ...service.manifest import Manifest
from ...service.service import Service
from .rule import NotVerified

_OTHER = {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}
_NOT_THERE = 3


class Elsewhere:
    """An engine that runs each service in an interpreter of its own.

    root  the folder from which the service's package is imported
    """

    code = ""
    walls: tuple[str, ...] = ()

    def __init__(self, root: Path) -> None:
        self.root = root

    def start(self, manifest: Manifest, given: Given) -> _Run:
        return _Run(self.root, manifest.function, given)


class _Run:
    usage = Usage()

    def __init__(self, root: Path, function: str, given: Given) -> None:
        self._root = root
        self._function = function
        self._given = given

    def __iter__(self) -> Iterator[object]:
        path = [str(self._root), *(p for p in sys.path if p)]
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-m", __name__, self._function],
                input=pickle.dumps(self._given),
                capture_output=True,
                cwd=folder,
                env={**os.environ, **_OTHER, "PYTHONPATH": os.pathsep.join(path)},
            )
        if done.returncode == _NOT_THERE:
            raise NotVerified(
                Text(
                    en="Its module cannot be imported in another interpreter.",
                    fr="Son module ne peut pas être importé dans un autre interpréteur.",
                )
            )
        if done.returncode:
            raise ServiceFailed(f"The service raised {done.stderr.decode(errors='replace').strip()[-60:]}.")
        yield from blocks_from_json(done.stdout)


def main() -> None:
    """Run the service `module:function` once on what comes in; its blocks go out."""
    import importlib

    module, _, name = sys.argv[1].partition(":")
    given: Given = pickle.load(sys.stdin.buffer)
    try:
        service = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        sys.exit(_NOT_THERE)
    assert isinstance(service, Service)
    try:
        blocks = list(call(service, given))
    except ServiceFailed as error:
        print(named(error.__cause__ or error), file=sys.stderr)
        sys.exit(1)
    sys.stdout.buffer.write(blocks_json(blocks))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
