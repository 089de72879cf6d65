"""pyarrow.csv: the bare typed read of the file, kept nowhere: the limit."""

from __future__ import annotations

import sys

import pyarrow
from pyarrow import csv


def read(path: str) -> pyarrow.Table:
    return csv.read_csv(
        path,
        read_options=csv.ReadOptions(skip_rows=3, column_names=["start", "power"]),
        parse_options=csv.ParseOptions(delimiter=";"),
        convert_options=csv.ConvertOptions(
            column_types={"start": pyarrow.timestamp("s", "UTC"), "power": pyarrow.int64()}
        ),
    )


if __name__ == "__main__":
    assert len(read(sys.argv[1]))
