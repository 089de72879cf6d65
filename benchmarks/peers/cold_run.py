"""One run of the small service in an interpreter of its own, on a task as the sandbox packs it: cold_run TASK."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from small_service import small

from selfdata_sdk.host.sandbox.wire import LENGTHS, unpacked
from selfdata_sdk.service.calling import call


def main(path: str) -> None:
    data = Path(path).read_bytes()
    header = LENGTHS.size + LENGTHS.unpack_from(data)[0]
    task = unpacked(data[LENGTHS.size : header], bytearray(data[header:]))
    for block in call(small, task.given):
        print(block.model_dump_json())  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(sys.argv[1])
