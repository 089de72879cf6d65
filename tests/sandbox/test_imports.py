"""Files read behind the walls give what they give without, and nothing that a lying reader says is believed."""

from __future__ import annotations

import io
import json
import socket
import zipfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.errors import FileRefused, FixHost, PluginError, RequestError, SandboxUnavailable
from selfdata_sdk.host.sandbox import Sandbox, items, reading
from selfdata_sdk.host.sandbox.items import Unpacker, packed, understood
from selfdata_sdk.host.sandbox.reader import READING, SandboxedReader
from selfdata_sdk.host.sandbox.wire import LENGTH, LENGTHS, RAISED
from selfdata_sdk.importers import File, FileReport, Importer, Importers, Item, Options, Rejection, Remark, import_files
from selfdata_sdk.importers.importing import Reader, read_here
from selfdata_sdk.model import REGISTRY, Record, Series, Source, SupplyContract, Table, Text, WaterReading, WaterUse
from selfdata_sdk.model.check import faults
from selfdata_sdk.model.column import NULL, Codes, Ints, same
from selfdata_sdk.model.table import join
from selfdata_sdk.model.time import micros
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.files import enedis_load_curve
from selfdata_sdk.testing.strategies import doubtful_tables, tables

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
FILES = Path(__file__).parents[1] / "files"
TOP_UPS = "cider_recharges.csv"  # of many persons, so that one has to be named
REAL = sorted(p for p in FILES.rglob("*") if p.suffix not in (".md", ".zip", "") and p.name != TOP_UPS)
DAYS = FILES / "water" / "historique_jours_litres.csv"
HEADER = "Date de relevé;Index relevé (litres);Consommation du jour (litres);Index Mesuré/Estimé\n"


@pytest.fixture
def reader(sandboxes: Callable[..., Sandbox]) -> SandboxedReader:
    return SandboxedReader(sandboxes("all"))


def imported(path: Path, reader: Reader | None, options: Options = Options(), format: str = "") -> tuple[Any, Any]:  # noqa: B008
    """(the report, every document of the store) after an import of one file."""
    with PersonalStore(MemoryCloud()) as store:
        store.set_secret(bytes(32))
        report = import_files(store, [path], now=NOW, options=options, format=format, reader=reader)
        documents = store.cloud.get_many(store.cloud.list())
        return report.to_json(), {name: document.data for name, document in documents.items()}


# The same as in this process


@pytest.mark.parametrize("path", REAL, ids=lambda p: p.name)
def test_a_real_file_gives_the_same_report_and_the_same_pages(path: Path, reader: SandboxedReader) -> None:
    here = imported(path, None)
    assert here[0]["created"] > 0
    assert imported(path, reader) == here


@pytest.mark.parametrize(
    ("options", "format"),
    [
        (Options(holder="SEDIF", about="W-7", tz="Indian/Reunion", register="main"), ""),
        (Options(), "veolia-idf-daily-csv"),
        (Options(), "grdf-json"),
        (Options(about="é\u202e"), ""),
        (Options(about="x" * 100), ""),
    ],
)
def test_what_the_person_says_beside_the_file_counts_alike(
    options: Options, format: str, reader: SandboxedReader
) -> None:
    assert imported(DAYS, reader, options, format) == imported(DAYS, None, options, format)


def archive(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            z.writestr(name, data)
    return stream.getvalue()


def workbook(sheet: bytes) -> bytes:
    """The real workbook with another sheet in it."""
    real = zipfile.ZipFile(FILES / "gas" / "Donnees_informatives_PCE_MONTHLY.xlsx")
    with real:
        return archive(*((m, sheet if "sheet1" in m else real.read(m)) for m in real.namelist()))


WRONG = {
    "empty": b"",
    "web page": b"<!DOCTYPE html><html><body>Maintenance</body></html>",
    "picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
    "text": b"Dear customer,\n",
    "deep JSON": b"[" * 30_000,
    "damaged archive": archive(("data.csv", b"1;2"))[:40],
    "archive": archive(("data.csv", b"1;2")),
    "archive that unpacks to far more": archive(("xl/workbook.xml", b"0" * 50_000_000)),
    "damaged workbook": workbook(b"<worksheet"),
    "workbook with entities": workbook(b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'),
    "entities in entities": b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b']><feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi"><entry><content>'
    b"<e:UsagePoint>&j;</e:UsagePoint></content></entry></feed>",
    "no records": HEADER.encode(),
    "cut": (HEADER + "2022-09-25 20:00:00;1198636;476;Mesuré\n2022-09-26 20:0").encode(),
    "zeros": (HEADER + "2022-09-25 20:00:00;1198636;476;Mesuré\n").encode() + b"\0" * 5000,
    "some lines": (HEADER + "2022-09-25 20:00:00;1198636;476;Mesuré\nx\ny;1;1;Mesuré\n\nz\n").encode(),
    "surrogates": b'{"donnees": {"consommation": ["\\ud800"]}}',
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_is_refused_in_the_same_words(kind: str, tmp_path: Path, reader: SandboxedReader) -> None:
    path = tmp_path / "file"
    path.write_bytes(WRONG[kind])
    assert imported(path, reader) == imported(path, None)


def test_a_long_file_and_many_rejections_are_the_same(tmp_path: Path, reader: SandboxedReader) -> None:
    values = [None if i % 1000 == 7 else i % 3000 for i in range(160_000)]
    path = enedis_load_curve(tmp_path / "curve.csv", values)
    with path.open("a") as stream:
        stream.writelines(f"no time;{i}\n" for i in range(2_500))
    here = imported(path, None)
    assert here[0]["rejected"] == 2_500
    assert imported(path, reader) == here


def test_a_folder_and_a_file_that_is_not_there_are_refused_before_any_run(tmp_path: Path) -> None:
    reader = SandboxedReader(Played(lambda run: run.say(b"never")))
    for path in (tmp_path, tmp_path / "none.csv"):
        assert imported(path, reader) == imported(path, None)


# Limits


def refused(path: Path, reader: Reader) -> Exception:
    """The refusal of a file of which nothing came into a store."""
    with PersonalStore(MemoryCloud()) as store:
        (report,) = import_files(store, [path], now=NOW, reader=reader).files
        assert store.cloud.list() == []
    assert report.refused is not None
    assert report.refused.where == path.name
    assert (report.records, report.series) == (0, [])
    return report.refused


def test_a_file_that_is_too_large_for_the_run_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(READING.memory // 8 + 1)
    error = refused(path, SandboxedReader(Played(lambda run: run.say(b"never"))))
    assert str(error) == "large.csv: It is larger than 134 MB. Export a shorter period."


def test_a_file_that_takes_too_much_memory_is_refused(sandboxes: Callable[..., Sandbox], tmp_path: Path) -> None:
    """Seven megabytes of empty lists, which take a hundred when they are read."""
    path = tmp_path / "lists.json"
    path.write_bytes(
        (FILES / "gas" / "donnees_publiees.json").read_bytes()[:-1] + b',"x":[' + b"[]," * 2_000_000 + b"[]]}"
    )
    error = refused(path, SandboxedReader(sandboxes("all"), replace(READING, memory=100 << 20)))
    assert str(error) == "lists.json: It takes more memory than one file may. Export a shorter period."


def test_a_file_of_more_records_than_may_be_is_refused(sandboxes: Callable[..., Sandbox], tmp_path: Path) -> None:
    path = enedis_load_curve(tmp_path / "curve.csv", range(40_000))
    error = refused(path, SandboxedReader(sandboxes("all"), replace(READING, output=500_000)))
    assert str(error) == "curve.csv: It holds more than one file may. Export a shorter period."


def test_a_run_that_does_not_end_is_ended_and_refused() -> None:
    error = refused(DAYS, SandboxedReader(Played(lambda run: run.wait()), replace(READING, seconds=0.2)))
    assert isinstance(error, FileRefused)
    assert "takes longer" in error.what


def test_without_walls_no_file_is_read_and_the_host_is_told() -> None:
    class Bare(Played):
        def _ready(self) -> Any:
            raise SandboxUnavailable("No walls.")

    with PersonalStore(MemoryCloud()) as store, pytest.raises(FixHost, match="No walls"):
        import_files(store, [DAYS], now=NOW, reader=SandboxedReader(Bare(lambda run: None)))


# A run that lies


class Run:
    """The other end of an exchange, in the hands of a test."""

    def __init__(self, data: socket.socket, report: socket.socket) -> None:
        self.data = data
        self.report = report
        self.header = b""
        self.content = b""

    def hear(self) -> None:
        """Take the task in."""
        with self.data.makefile("rb") as stream:
            header, size = LENGTHS.unpack(stream.read(LENGTHS.size))
            self.header, self.content = stream.read(header), stream.read(size)

    def say(self, *messages: bytes) -> None:
        for message in messages:
            self.data.sendall(LENGTH.pack(len(message)) + message)

    def wait(self) -> None:
        """Until the host wants no more."""
        self.report.recv(1)


class Played(Sandbox):
    """A sandbox whose runs are played by a function, in a thread, and end as it says (a status; 0 for None)."""

    def __init__(self, play: Callable[[Run], int | None], *, hears: bool = True) -> None:
        super().__init__()
        self._play = play
        self._hears = hears

    def _ready(self) -> Any:
        return self

    def fork(self, *asked: object, **more: object) -> tuple[socket.socket, socket.socket]:
        (ours, theirs), (report, their_report) = socket.socketpair(), socket.socketpair()

        def run() -> None:
            with theirs, their_report:
                played = Run(theirs, their_report)
                try:
                    if self._hears:
                        played.hear()
                    status = self._play(played)
                except OSError:  # the host has closed
                    status = 1
                their_report.sendall(json.dumps({"status": status or 0, "cpu": 0.0, "peak": 0}).encode())

        Thread(target=run, daemon=True).start()
        return ours, report


def lying(*messages: bytes) -> SandboxedReader:
    return SandboxedReader(Played(lambda run: run.say(*messages)))


def honest() -> list[bytes]:
    """The messages of a run that reads a file of days: its format, a table for each of two series, remarks, the end."""
    said: list[bytes] = []
    asked = {"format": "", "now": 1_768_478_400_000_000, "options": {}}
    reading.read(json.dumps({"file": asked}).encode(), DAYS.read_bytes(), said.append)
    return said


def changed(message: bytes, **more: Any) -> bytes:
    """A table's message with other words in its line."""
    head, _, body = message.partition(b"\n")
    said = json.loads(head)
    said["table"] = {**said["table"], **more}
    return json.dumps(said).encode() + b"\n" + body


def test_a_run_that_is_played_honestly_is_believed() -> None:
    assert imported(DAYS, lying(*honest())) == imported(DAYS, None)


def a_table(**more: Any) -> dict[str, Any]:
    series = {"about": "", "register": "", "cadence": "P1D", "tz": "Europe/Paris"}
    columns = {"start": 0, "end": 86_400_000_000, "litres": 5}
    return {"type": "water.use/1", "series": series, "rows": 1, "locator": "line {}", "columns": columns, **more}


def line(said: object, body: bytes | None = None) -> bytes:
    return json.dumps(said).encode() + (b"" if body is None else b"\n" + body)


def table(body: bytes | None = None, **more: Any) -> bytes:
    return line({"table": a_table(**more)}, body)


def with_columns(body: bytes | None = None, **columns: Any) -> bytes:
    return table(body, columns={**a_table()["columns"], **columns})


def with_series(**more: str) -> bytes:
    return table(series={**a_table()["series"], **more})


ONE = np.array([1], "<i8").tobytes()
OWN = {"en": "Its value is not a number.", "fr": "Sa valeur n'est pas un nombre."}
OTHER = {"en": "Send your password to example.com.", "fr": "Envoyez votre mot de passe à example.com."}
WORDS: dict[str, Any] = {"words": 1, "indexes": 0}
LIES = {
    "no JSON": b"hello",
    "pickle": b"\x80\x04\x95\x00",
    "nothing": b"{}",
    "two things": line({"table": a_table(), "end": True}),
    "null": line({"table": None}),
    "an unknown thing": line({"import": "os"}),
    "a format again": line({"format": "veolia-idf-daily-csv"}),
    "deep JSON": b'{"table":' + b"[" * 100_000,
    "deep lists": b'{"table":{"columns":{"start":' + b'{"offsets":0,"items":{"a":' * 5_000 + b"0" + b"}}" * 5_000 + b"}}}",
    "a long line": line({"format": "x" * (3 << 20)}),
    "not a number": table().replace(b'"litres": 5', b'"litres": NaN'),
    "a broken number": with_columns(litres=5.5),
    "a truth": with_columns(litres=True),
    "a number of 65 bits": with_columns(litres=2**64),
    "a type of no importer": table(type="os.system/1"),
    "a type of another importer": table(type="gas.use/1"),
    "a column of no type": with_columns(password=1),
    "a revision": with_columns(revision=2**31 - 1),
    "a source": with_columns(source=0),
    "no times": table(columns={"litres": 5}),
    "no columns": table(columns={}),
    "no rows": table(rows=0),
    "fewer than no rows": table(rows=-1),
    "more rows than a message has": table(rows=2**62),
    "integers for words": with_columns(quality=3),
    "words for integers": with_columns(b"\x01\0\0\0a", litres=WORDS),
    "an array that is not there": with_columns(b"", litres=None),
    "half an array": with_columns(ONE[:4], litres=None),
    "an array too many": with_columns(ONE + ONE, litres=None),
    "arrays of nothing": table(b"abc"),
    "arrays of a remark": line({"remark": {"kind": "gap", "text": OWN, "locator": "", "count": 1}}, b"abc"),
    "a word that is not there": with_columns(b"\x01\0\0\0a", quality={"words": 1, "indexes": 1}),
    "a word below none": with_columns(b"\x01\0\0\0a", quality={"words": 1, "indexes": -2}),
    "an index of 33 bits": with_columns(b"\x01\0\0\0a", quality={"words": 1, "indexes": 2**32}),
    "a word of a negative length": with_columns(b"\xff\xff\xff\xffa", quality=WORDS),
    "a word longer than all": with_columns(b"\xff\xff\xff\x7fa", quality=WORDS),
    "a word that is no text": with_columns(b"\x01\0\0\0\xff", quality=WORDS),
    "a word twice": with_columns(b"\x01\0\0\0\x01\0\0\0aa", quality={"words": 2, "indexes": 0}),
    "an unknown zone": with_series(tz="../../etc/passwd"),
    "an unknown cadence": with_series(cadence="every day"),
    "half a series": table(series={"about": ""}),
    "a hidden locator": table(locator="line\u202e {}"),
    "a long locator": table(locator="x" * 201),
    "a text of another": line({"rejections": {"reason": OTHER, "locators": ["line 1"]}}),
    "a remark of another": line({"remark": {"kind": "guess", "text": OTHER, "locator": "", "count": 1}}),
    "half a text": line({"remark": {"kind": "guess", "text": {**OWN, "fr": OTHER["fr"]}, "locator": "", "count": 1}}),
    "an unknown note": line({"remark": {"kind": "order", "text": OWN, "locator": "", "count": 1}}),
    "a remark on nothing": line({"remark": {"kind": "gap", "text": OWN, "locator": "", "count": 0}}),
    "a rejection of nothing": line({"rejections": {"reason": OWN, "locators": []}}),
    "a rejection elsewhere": line({"rejections": {"reason": OWN, "locators": ["a\nb"]}}),
    "an error of another": line({"error": {"kind": "FileRefused", "what": OTHER["en"]}}),
    "a step of another": line({"error": {"kind": "FileRefused", "what": "It is a folder.", "next": OTHER["en"]}}),
    "an error elsewhere": line({"error": {"kind": "FileRefused", "what": "It is a folder.", "place": "/etc/passwd"}}),
    "a long error": line({"error": {"kind": "FileRefused", "what": f"It could be {'x' * 500}."}}),
    "a hidden error": line({"error": {"kind": "FileRefused", "what": "It could be \u202e."}}),
    "an error of a kind that files do not have": line({"error": {"kind": "SystemExit"}}),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused_and_nothing_is_written(lie: str) -> None:
    first, *rest = honest()
    error = refused(DAYS, lying(first, rest[0], LIES[lie], *rest))
    assert type(error) is PluginError
    assert error.what == "What reads the file gave back what no importer gives."


def test_the_lies_are_made_of_what_is_believed() -> None:
    first, *rest = honest()
    for true in (table(), with_columns(ONE, litres=None), with_columns(b"\x01\0\0\0a", quality=WORDS)):
        (report,) = reported(lying(first, true, *rest))
        assert report.refused is None


def reported(reader: Reader) -> tuple[FileReport, ...]:
    with PersonalStore(MemoryCloud()) as store:
        return import_files(store, [DAYS], now=NOW, reader=reader).files


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [b"x" * 3],
        [line({"format": "no-such-format"})],
        [line({"end": True})],
        [table()],
        [line({"format": "veolia-idf-daily-csv"})],
        [*honest()[:-1]],
        [*honest(), line({"end": True})],
    ],
    ids=["nothing", "no message", "no format", "only an end", "no beginning", "only a beginning", "no end", "two ends"],
)
def test_a_run_that_does_not_keep_the_order_is_refused_and_nothing_is_written(messages: list[bytes]) -> None:
    assert type(refused(DAYS, lying(*messages))) is PluginError


def test_a_message_whose_length_lies_is_refused() -> None:
    for length in (0, 1, 2**26 + 1, 2**32 - 1):
        reader = SandboxedReader(Played(lambda run, said=length: run.data.sendall(LENGTH.pack(said) + b"{}")))  # type: ignore[misc]
        assert "what no importer gives" in str(refused(DAYS, reader))


def test_another_format_than_the_one_named_is_refused() -> None:
    with PersonalStore(MemoryCloud()) as store:
        said = lying(*honest())
        (report,) = import_files(store, [DAYS], now=NOW, reader=said, format="grdf-json").files
        assert store.cloud.list() == []
    assert isinstance(report.refused, PluginError)


def test_an_answer_before_the_whole_file_was_taken_is_refused() -> None:
    """The records would carry the hash of bytes that nobody read."""

    class Deaf(Played):
        def fork(self, *asked: object, **more: object) -> tuple[socket.socket, socket.socket]:
            ours, report = super().fork(*asked, **more)
            ours.shutdown(socket.SHUT_WR)
            return ours, report

    reader = SandboxedReader(Deaf(lambda run: run.say(*honest()), hears=False))
    assert type(refused(DAYS, reader)) is PluginError


def test_a_flood_of_records_ends_at_what_a_file_may_hold() -> None:
    flood = table(rows=100_000)

    def play(run: Run) -> None:
        run.say(honest()[0])
        while True:
            run.say(flood)

    error = refused(DAYS, SandboxedReader(Played(play), replace(READING, output=20_000_000)))
    assert str(error) == f"{DAYS.name}: It holds more than one file may. Export a shorter period."


@pytest.mark.parametrize(
    "message", [with_series(about="x"), line({"remark": {"kind": "gap", "text": OWN, "locator": "", "count": 1}})]
)
def test_a_flood_of_small_things_ends_there_too(message: bytes) -> None:
    def play(run: Run) -> None:
        run.say(honest()[0])
        while True:
            run.say(message)

    error = refused(DAYS, SandboxedReader(Played(play), replace(READING, output=2_000_000)))
    assert isinstance(error, FileRefused)


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (-31, "called what it may not"),
        (-11, "died"),
        (70, "died"),
        (0, "ended without a result"),
    ],
)
def test_how_a_run_died_is_said(status: int, what: str) -> None:
    def play(run: Run) -> int:
        run.say(*honest()[:2])
        return status

    error = refused(DAYS, SandboxedReader(Played(play)))
    assert type(error) is PluginError
    assert what in error.what


def test_a_run_that_used_up_its_processor_time_is_a_file_that_takes_too_long() -> None:
    error = refused(DAYS, SandboxedReader(Played(lambda run: -24)))
    assert isinstance(error, FileRefused)


def test_no_text_of_an_exception_leaves_a_run() -> None:
    said = line({"error": {"kind": "Raised", "name": "Marie.Dupont"}})
    error = refused(DAYS, lying(honest()[0], said))
    assert error.args[0] == "What reads the file fails (an exception of its own)."
    assert "KeyError" in str(refused(DAYS, lying(honest()[0], line({"error": {"kind": "Raised", "name": "KeyError"}}))))


def test_a_wall_that_could_not_be_raised_is_the_hosts_to_repair() -> None:
    said = line({"error": {"kind": "SandboxUnavailable", "trace": "OSError: no"}})
    with PersonalStore(MemoryCloud()) as store, pytest.raises(SandboxUnavailable):
        import_files(store, [DAYS], now=NOW, reader=lying(said))
    assert type(refused(DAYS, lying(RAISED, said))) is PluginError  # they stood already


# An importer that lies


class Hostile:
    """An importer of the name of a built-in one that gives whatever it is told to."""

    def __init__(self, *items: Item | Exception) -> None:
        real = Importers().named("veolia-idf-daily-csv")
        self.name, self.version, self.title, self.holder = real.name, "666", real.title, "Mallory"
        self.record_types: tuple[type[Record], ...] = (WaterUse, WaterReading, SupplyContract)
        self._items = items

    def recognises(self, sample: object) -> bool:
        return True

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        for item in self._items:
            if isinstance(item, Exception):
                raise item
            yield item


def hostile(*items: Item | Exception) -> SandboxedReader:
    """A reader whose runs have such an importer."""
    known = Importers([("hostile", Hostile(*items))])

    def play(run: Run) -> None:
        asked = json.loads(run.header)["file"]
        header = json.dumps({"file": {**asked, "format": "veolia-idf-daily-csv"}}).encode()
        reading.read(header, run.content, run.say, known)

    return SandboxedReader(Played(play))


MALLORY = Source(
    holder="Mallory", importer="manual", version="666", method="manual", sha256="0" * 64, locator="line {}",
    retrieved_at=datetime(1999, 1, 1, tzinfo=UTC), derived_from=("everything",),
)  # fmt: skip
DAY = 86_400_000_000


def use(n: int = 2, series: Series | None = None, **columns: Any) -> Table:
    start = np.arange(n, dtype=np.int64) * DAY
    series = series or Series("water.use/1", "Mallory", "", "", "P1D", "Europe/Paris")
    its = {"start": Ints(start), "end": Ints(start + DAY), "litres": Ints(np.full(n, 5)), **columns}
    return Table(WaterUse, series, {name: c for name, c in its.items() if c is not None}, (MALLORY,))


def test_records_carry_the_holder_the_importer_and_the_file_that_the_host_knows() -> None:
    with PersonalStore(MemoryCloud()) as store:
        report = import_files(store, [DAYS], now=NOW, reader=hostile(use()))
        records = store.read(WaterUse).records()
    assert report.created == len(records) == 2
    real = Importers().named("veolia-idf-daily-csv")
    expected = Source(
        holder=real.holder, importer=real.name, version=real.version, sha256=File(DAYS).sha256,
        locator="line {}", retrieved_at=NOW,
    )  # fmt: skip
    assert {r.source for r in records} == {expected}
    assert {r.series.holder for r in records} == {real.holder}


OUT_OF_RULES: dict[str, dict[str, Any]] = {
    "before the calendar": {"start": Ints(np.array([-(2**62), 0]))},
    "after the calendar": {"end": Ints(np.array([2**62, 2**62]))},
    "missing times": {"start": Ints(np.array([NULL, NULL]))},
    "an end before the start": {"end": Ints(np.array([-DAY, 0]))},
    "negative use": {"litres": Ints(np.array([-1, -(2**62)]))},
    "impossible use": {"litres": Ints(np.array([2**62, 2**63 - 1]))},
    "no use": {"litres": None},
    "an unknown quality": {"quality": Codes.of(["perfect", "perfect"])},
    "an unknown status": {"status": Codes.of(["final; drop table", "\u202e"])},
    "an ext that is no object": {"ext": Codes.of(["[1]", "not JSON"])},
    "a deep ext": {"ext": Codes.of(['{"a":' * 5_000 + "1" + "}" * 5_000, '{"a":NaN}'])},
}


@pytest.mark.parametrize("kind", OUT_OF_RULES)
def test_rows_that_break_the_rules_of_their_type_are_left_out_as_in_any_import(kind: str) -> None:
    with PersonalStore(MemoryCloud()) as store:
        (report,) = import_files(store, [DAYS], now=NOW, reader=hostile(use(**OUT_OF_RULES[kind]))).files
        assert (report.created, report.rejected) in ((0, 2), (1, 1))
        assert len(store.read(WaterUse)) == report.created
    assert {r.locator for r in report.rejections} == {"line {}"}


@pytest.mark.parametrize("tz", ["America/New_York", "Asia/Tokyo"])
def test_records_at_the_edges_of_the_calendar_are_stored_and_reported(tz: str) -> None:
    """The first instant that a record can hold has no date in New York, and the last has none in Tokyo."""
    first, last = micros(datetime.min.replace(tzinfo=UTC)), micros(datetime.max.replace(tzinfo=UTC))
    series = Series("water.use/1", "Mallory", "", "", "P1D", tz)
    (report,) = reported(hostile(use(series=series, start=Ints(np.array([first, 0])), end=Ints(np.array([DAY, last])))))
    assert (report.created, report.rejected) == (2, 0)
    assert list(report.sentences())


@pytest.mark.parametrize(
    "items",
    [
        (use(series=Series("gas.use/1", "Mallory", "", "", "P1D", "Europe/Paris")),),
        (use(revision=Ints(np.array([9, 9]))),),
        (use(source=Ints(np.array([0, 0]))),),
        (use(end=Ints(np.array([DAY]))),),
        (use(end=Ints(np.arange(3) * DAY)),),
        (use(quality=Ints(np.array([1, 1]))),),
        (use(litres=Codes.of(["1", "2"])),),
        (use(start=None),),
        (use(password=Ints(np.array([1, 1]))),),
        (Table(SupplyContract, Series("supply.contract/1", "Mallory"), {"start": Ints.constant(0, 1), "end": Ints.constant(NULL, 1)}, (MALLORY,)),),
    ],
    ids=["type", "revision", "source", "fewer", "more", "integers", "words", "times", "column", "another's type"],
)  # fmt: skip
def test_tables_of_another_shape_than_their_type_are_refused(items: tuple[Item, ...]) -> None:
    assert type(refused(DAYS, hostile(use(), *items))) is PluginError


def test_sentences_that_are_none_of_the_importers_own_are_refused() -> None:
    told = Text(**OTHER)
    for item in (Rejection("line 1", told), Remark("guess", told)):
        assert type(refused(DAYS, hostile(use(), item))) is PluginError
    for error in (FileRefused(OTHER["en"]), RequestError("It is a folder.", next=OTHER["en"])):
        assert type(refused(DAYS, hostile(use(), error))) is PluginError


def test_an_exception_of_an_importer_is_named_and_its_text_stays_behind() -> None:
    error = refused(DAYS, hostile(use(), ZeroDivisionError("14 rue de la Paix")))
    assert str(error).startswith(f"{DAYS.name}: What reads the file fails (ZeroDivisionError).")


def crossed(table: Table) -> list[Table]:
    """What arrives of a table, from an importer that may give its type. ValueError for what is no such table."""
    importer = Hostile()
    importer.record_types = (table.record_type,)
    source = table.sources[0].model_copy(update={"holder": table.series.holder})
    unpacker = Unpacker(importer, source, READING.output)
    arrived = [item for message in packed([table]) for item in unpacker.items(*understood(message))]
    return [item for item in arrived if isinstance(item, Table)]


def as_given(table: Table) -> Table:
    """The table as an importer gives it: one source, and no revisions."""
    columns = {n: c for n, c in table.columns.items() if n not in ("revision", "source")}
    return replace(table, columns=columns, sources=table.sources[:1])


TYPES = pytest.mark.parametrize("record_type", tuple(REGISTRY), ids=lambda t: t.type)


@TYPES
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_a_table_of_any_type_crosses_as_it_is(record_type: type[Record], data: st.DataObject) -> None:
    table = as_given(data.draw(tables(record_type, min_size=1)))
    (arrived,) = crossed(table)
    assert (arrived.record_type, arrived.series) == (record_type, table.series)
    assert arrived.columns.keys() == table.columns.keys()
    assert all(same(arrived.columns[name], column).all() for name, column in table.columns.items())


def test_a_long_table_crosses_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    words = Codes.of(f'{{"n":{n}}}' for n in range(20))
    table = use(20, ext=words)
    monkeypatch.setattr(items, "_ROWS", 6)
    parts = crossed(table)
    assert [len(part) for part in parts] == [6, 6, 6, 2]
    whole = join(parts)
    assert all(same(whole.columns[name], column).all() for name, column in table.columns.items())
    assert all(len(part.columns["ext"].words) == len(part) for part in parts)  # type: ignore[union-attr]


@pytest.mark.parametrize("columns", [{"quality": {"words": 2**31 - 1, "indexes": 0}}, {"litres": 0, "locator": 7}])
def test_what_would_take_too_much_memory_is_refused_before_it_does(columns: dict[str, Any]) -> None:
    """Two billion words, and a repeated value, which takes nothing on its way."""
    said = json.loads(with_columns(**columns))
    said["table"]["rows"] = 200_000
    error = refused(
        DAYS, SandboxedReader(lying(honest()[0], line(said, b"")).sandbox, replace(READING, output=5_000_000))
    )
    assert "holds more than" in str(error)


@TYPES
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_a_table_of_doubtful_values_gets_the_same_verdict_after_it(
    record_type: type[Record], data: st.DataObject
) -> None:
    table = as_given(data.draw(doubtful_tables(record_type)))
    try:
        parts = crossed(table)
    except ValueError:
        unknown = {"about", "register"} - set(record_type.series_fields.values())
        assert faults(table).all() or any(getattr(table.series, part) for part in unknown)
        return
    assert np.concatenate([faults(part) for part in parts]).tolist() == faults(table).tolist()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_messages_that_were_tampered_with_give_items_or_are_refused(data: st.DataObject) -> None:
    """Whatever it is, it is a message whose items the store takes or leaves, or no message; never another error."""
    _, *messages = honest()
    which = data.draw(st.integers(0, len(messages) - 2))
    message = bytearray(messages[which])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(message) - 1))
        message[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    messages[which] = bytes(message)
    importer, _ = read_here(Importers(), File(DAYS), NOW, Options(), None)
    source = Source(holder="Veolia", importer=importer.name, version="1", retrieved_at=NOW)
    unpacker = Unpacker(importer, source, READING.output)

    def tampered(
        file: File, now: datetime, options: Options, chosen: Importer | None
    ) -> tuple[Importer, Generator[Item]]:
        return importer, (item for m in messages[:-1] for item in unpacker.items(*understood(m)))

    with PersonalStore(MemoryCloud()) as store:
        (report,) = import_files(store, [DAYS], now=NOW, reader=tampered).files
    cause = report.refused.__cause__ if report.refused is not None else None
    assert cause is None or isinstance(cause, ValueError | OverflowError)
