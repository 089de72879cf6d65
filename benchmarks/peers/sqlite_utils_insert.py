"""sqlite-utils: rows from the csv module into a table with a primary key; `upsert` as second word to upsert."""

from __future__ import annotations

import csv
import sys

import sqlite_utils

if __name__ == "__main__":
    database = sqlite_utils.Database(sys.argv[2])
    with open(sys.argv[1], encoding="utf-8-sig", newline="") as stream:
        for _ in range(3):
            next(stream)
        rows = ({"start": stamp, "power": int(power)} for stamp, power in csv.reader(stream, delimiter=";"))
        table = database["readings"]
        if "upsert" in sys.argv:
            table.upsert_all(rows, pk="start")
        else:
            table.insert_all(rows, pk="start")
