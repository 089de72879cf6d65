"""pandas: `read_csv`, then `to_sql` into SQLite."""

from __future__ import annotations

import sqlite3
import sys

import pandas

if __name__ == "__main__":
    frame = pandas.read_csv(sys.argv[1], sep=";", skiprows=2, names=["start", "power"], header=0, encoding="utf-8-sig")
    frame["start"] = pandas.to_datetime(frame["start"], utc=True)
    with sqlite3.connect(sys.argv[2]) as connection:
        frame.to_sql("readings", connection, index=False)
