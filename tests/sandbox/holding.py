"""A host with a run that hangs: the process that a test kills, or forks from.

holding MODE FOLDER [fork]: prints the ids of the processes behind it once the run is under way, and waits. With `fork`,
a process is forked from it meanwhile, which stays when it is killed; its id is printed, too.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.host.code import Code
from selfdata_sdk.host.runner import run
from selfdata_sdk.host.sandbox import Mode, Sandbox
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.running import OpenDoor


def below(pid: int) -> list[int]:
    """The processes that this one started, and those that they started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for child in map(int, children) for each in (child, *below(child))]


def main(mode: str, folder: str, how: str = "") -> None:
    sys.path.insert(0, folder)
    service = importlib.import_module("written").tried
    code = Code("written:tried", {"written": Path(folder, "written")}, "")

    def told(_: object) -> None:
        pids = below(os.getpid())
        forked = os.fork() if how == "fork" else None
        if forked == 0:
            time.sleep(600)
        print(json.dumps({"pids": pids, "forked": forked}), flush=True)

    with Sandbox((cast(Mode, mode),)) as sandbox:
        door = OpenDoor(PersonalStore(MemoryCloud()))
        now = datetime(2025, 6, 15, tzinfo=UTC)
        run(door, sandbox.engine(code), manifest=manifest_of(service), now=now, preview=told)


if __name__ == "__main__":
    main(*sys.argv[1:])
