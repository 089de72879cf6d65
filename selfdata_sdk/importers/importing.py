"""`import_files`: holders' files into a person's store."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Protocol

from ..errors import FileRefused, FixHost, PluginError, RequestError, SelfDataError
from ..model import Source, Table
from ..model.record import DateRecord, OpenIntervalRecord
from ..model.text import clean
from ..model.time import LAST, Int64s, zone
from ..store import PersonalStore
from ..store.rows import near
from . import refusal
from .file import File
from .gaps import gaps
from .importer import Importer, Item, Options
from .registry import Importers
from .report import LIMIT, FileReport, Report, SeriesReport, Span
from .sieve import Sieve

MAX_HOLDER = 200

Progress = Callable[[str, int, int], None]


class Reader(Protocol):
    """Recognises a file and reads it, here or elsewhere."""

    def __call__(
        self, file: File, now: datetime, options: Options, chosen: Importer | None
    ) -> tuple[Importer, Generator[Item]]:
        """The importer whose format it is (`chosen` or none, if one is), and what it makes of the file."""
        ...


def import_files(
    store: PersonalStore,
    paths: Iterable[str | PathLike[str]],
    *,
    now: datetime,
    options: Options = Options(),  # noqa: B008 (frozen)
    format: str = "",
    importers: Importers | None = None,
    reader: Reader | None = None,
    progress: Progress | None = None,
) -> Report:
    """Import each file with the importer that recognises its content, or the one named `format`.

    A file that is refused leaves the store as it was, and the others are still imported; one bad record never
    loses the rest. All that one file says is written at once. `now` is aware; it becomes `retrieved_at` of all
    records. `importers` are the built-in ones if not given; `reader` runs them, this process if not given.
    `progress` is called with (file name, files done, files in all) before each file.

    RequestError if `format` or an option cannot be used. Errors of the store and of the host are raised.
    """
    known = Importers() if importers is None else importers
    chosen = known.named(format) if format else None
    _check(options)
    read = partial(read_here, known) if reader is None else reader
    files = [File(Path(p)) for p in paths]
    reports = []
    for done, file in enumerate(files):
        if progress is not None:
            progress(file.name, done, len(files))
        reports.append(_import(store, file, now, options, read, chosen))
    return Report(now, tuple(reports), known.faults)


def recognise(file: File, known: Importers, chosen: Importer | None = None) -> Importer:
    """The one importer whose format the file's content is; FileRefused if there is none, or more than one.

    With an importer `chosen`, that one or none.
    """
    if file.sample.is_zip:
        refusal.check_archive(file)
    if chosen is not None:
        if chosen.recognises(file.sample):
            return chosen
        raise FileRefused(
            f"It is not in the format {chosen.name}. {refusal.describe(file.sample)[0]}",
            where=file.name,
            next="Name no format, so that it is recognised.",
        )
    found = known.recognising(file.sample)
    if not found:
        raise refusal.unknown(file)
    if len(found) > 1:
        names = sorted(i.name for i in found)
        raise FileRefused(
            f"It could be {' or '.join(names)}.", where=file.name, next=f"Say which one, as in --format {names[0]}."
        )
    return found[0]


def _check(options: Options) -> None:
    if options.tz:
        zone(options.tz)
    if clean(options.holder) != options.holder or len(options.holder) > MAX_HOLDER:
        raise RequestError(
            "The holder's name cannot be used.",
            where="holder",
            next=f"Give one line of at most {MAX_HOLDER} characters.",
        )


def read_here(
    known: Importers, file: File, now: datetime, options: Options, chosen: Importer | None
) -> tuple[Importer, Generator[Item]]:
    """A `Reader`: one of the importers `known`, in this process."""
    importer = recognise(file, known, chosen)
    return importer, _items(importer, file, source_of(importer, options, now, file.sha256), options)


def source_of(importer: Importer, options: Options, now: datetime, sha256: str | None = None) -> Source:
    """Where the records of a file come from, their places in it aside."""
    return Source(
        holder=options.holder or importer.holder,
        importer=importer.name,
        version=importer.version,
        sha256=sha256,
        retrieved_at=now,
    )


def _items(importer: Importer, file: File, source: Source, options: Options) -> Generator[Item]:
    yield from importer.read(file, source, options)


def _import(
    store: PersonalStore, file: File, now: datetime, options: Options, read: Reader, chosen: Importer | None
) -> FileReport:
    report = FileReport(file.name)
    try:
        refusal.check_size(file)
        importer, items = read(file, now, options, chosen)
        report.format, report.title = importer.name, importer.title
        report.holder = options.holder or importer.holder
        sieve, tables = sieved(file, importer, items)
    except FixHost:
        raise
    except SelfDataError as error:
        report.refused = error
        return report
    written = store.write(tables)
    report.created, report.updated, report.unchanged = written.created, written.updated, written.unchanged
    report.rejections, report.rejected, report.remarks = sieve.rejections, sieve.rejected, sieve.remarks
    report.series = [series_report(t, gaps(t, sieve.said_missing(t.series))) for t in tables]
    return report


def sieved(file: File, importer: Importer, items: Generator[Item]) -> tuple[Sieve, Sequence[Table]]:
    """What of a file would be written, and what would not. FileRefused if it holds nothing at all."""
    sieve = Sieve()
    try:
        with closing(items):
            for item in items:
                sieve.add(item)
        tables = list(sieve.close())
    except SelfDataError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(
            f"The importer {importer.name} fails on this file ({type(error).__name__}).",
            where=file.name,
            next="Nothing was imported. Report it to the importer's author.",
        ) from error
    if not tables and not sieve.rejected:
        raise FileRefused("It holds no records.", where=file.name, next="Export a longer period.")
    return sieve, tables


def series_report(table: Table, spans: Int64s) -> SeriesReport:
    """The report of one series of a file, whose records are sorted by time."""
    where = zone(table.series.tz)
    placed = table.placed()
    last = int(placed[-1])
    if not issubclass(table.record_type, DateRecord) and "end" in table.record_type.time_fields:
        ends = table.ints("end")
        if issubclass(table.record_type, OpenIntervalRecord):
            ends = ends[ends >= placed]
        last = max(last, int(ends.max(initial=-LAST)))
    return SeriesReport(
        series=table.series,
        title=table.record_type.facts.title,
        count=len(table),
        start=near(int(placed[0]), where),
        end=near(last, where),
        gaps=tuple(Span(near(a, where), near(b, where)) for a, b in spans[:LIMIT].tolist()),
        gap_count=len(spans),
        gap_time=timedelta(microseconds=int((spans[:, 1] - spans[:, 0]).sum())),
        dated=issubclass(table.record_type, DateRecord),
    )
