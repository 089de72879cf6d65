"""One import of a file into a store with the core alone: the process that is timed.

ours FILE STORE, as if pyarrow were not installed.
"""

from __future__ import annotations

import sys


def main(path: str, store: str) -> None:
    sys.modules["pyarrow"] = None  # type: ignore[assignment]
    from datetime import UTC, datetime

    from selfdata_sdk.cloud import SqliteCloud
    from selfdata_sdk.importers import import_files
    from selfdata_sdk.store import PersonalStore

    with PersonalStore(SqliteCloud(store)) as opened:
        report = import_files(opened, [path], now=datetime.now(UTC))
    file = report.files[0]
    if file.refused is not None or file.records < 1000:
        raise SystemExit(f"nothing came in: {file}")


if __name__ == "__main__":
    main(*sys.argv[1:])
