"""singer-sdk: its SQL target on SQLite."""

from __future__ import annotations

import sys

from singer_sdk import typing as th
from singer_sdk.sql import SQLConnector, SQLSink, SQLTarget


class Connector(SQLConnector):
    allow_temp_tables = False
    allow_column_alter = False
    allow_merge_upsert = False


class Sink(SQLSink):
    connector_class = Connector
    max_size = 10_000


class FileTarget(SQLTarget):
    name = "target-file"
    default_sink_class = Sink
    config_jsonschema = th.PropertiesList(th.Property("sqlalchemy_url", th.StringType)).to_dict()


if __name__ == "__main__":
    FileTarget(config={"sqlalchemy_url": f"sqlite:///{sys.argv[1]}"}).listen()
