"""singer-sdk: a minimal tap that reads the file with the csv module."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from typing import Any, ClassVar

from singer_sdk import Stream, Tap
from singer_sdk import typing as th


class Readings(Stream):
    name = "readings"
    primary_keys: ClassVar[tuple[str, ...]] = ("start",)
    schema = th.PropertiesList(
        th.Property("start", th.DateTimeType, required=True), th.Property("power", th.IntegerType)
    ).to_dict()

    def get_records(self, context: Any) -> Iterable[dict[str, Any]]:
        with open(self.config["path"], encoding="utf-8-sig", newline="") as stream:
            for _ in range(3):
                next(stream)
            for stamp, power in csv.reader(stream, delimiter=";"):
                yield {"start": stamp, "power": int(power)}


class FileTap(Tap):
    name = "tap-file"
    config_jsonschema = th.PropertiesList(th.Property("path", th.StringType, required=True)).to_dict()

    def discover_streams(self) -> list[Stream]:
        return [Readings(self)]


if __name__ == "__main__":
    FileTap(config={"path": sys.argv[1]}).sync_all()
