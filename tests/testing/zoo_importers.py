"""Bad importers of a notebook of a water meter: each breaks one rule, as a real one might, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from selfdata_sdk.importers import File, Importer, Item, Options, Rejection, Remark, Sample
from selfdata_sdk.importers.veolia_idf import DAILY
from selfdata_sdk.model import Record, Source, Text, WaterReading
from selfdata_sdk.model.table import tables
from selfdata_sdk.testing import importers
from selfdata_sdk.testing.importers import Examples
from selfdata_sdk.testing.rule import Rule

HERE = Path(__file__).parent
NOTEBOOK = HERE / "holders" / "notebook.csv"
DAYS = HERE.parent / "files" / "water" / "historique_jours_litres.csv"

NOT_A_READING = Text(en="It has no date and number.", fr="Elle n'a pas de date et de nombre.")
ANOTHER = Text(en="It is read by somebody else.", fr="Il est lu par quelqu'un d'autre.")


class Notebook:
    """The good one: `date;m3`, at 8 in the morning."""

    name = "notebook-csv"
    version = "1"
    title = Text(en="Notebook of a water meter", fr="Carnet d'un compteur d'eau")
    holder = "self"
    record_types: tuple[type[Record], ...] = (WaterReading,)

    def recognises(self, sample: Sample) -> bool:
        return sample.lines[:1] == ["date;m3"]

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        found: list[WaterReading] = []
        for number, line in self.lines(file):
            place = f"line {number}"
            try:
                found.append(self.reading(line, source.model_copy(update={"locator": place}), options))
            except (ValueError, ArithmeticError):
                yield from self.bad(number, line)
        yield from tables(self.kept(found, file))

    def lines(self, file: File) -> Iterator[tuple[int, str]]:
        return ((number, line) for number, line in file.lines() if number > 1)

    def reading(self, line: str, source: Source, options: Options) -> WaterReading:
        day, dial = line.split(";")
        return self.made(day, dial, source, options)

    def made(self, day: str, dial: str, source: Source, options: Options) -> WaterReading:
        tz = self.tz(options)
        litres = Decimal(dial.replace(",", ".")) * 1000
        return WaterReading(at=self.at(day, tz), litres=litres, tz=tz, source=source, ext=self.ext(source))

    def tz(self, options: Options) -> str:
        return options.tz or "Europe/Paris"

    def at(self, day: str, tz: str) -> datetime:
        return datetime.fromisoformat(day).replace(hour=8, tzinfo=ZoneInfo(tz))

    def ext(self, source: Source) -> dict[str, str]:
        return {}

    def bad(self, number: int, line: str) -> Iterator[Item]:
        yield Rejection(f"line {number}", NOT_A_READING)

    def kept(self, found: list[WaterReading], file: File) -> list[WaterReading]:
        return found


class ExpectsAnotherHeader(Notebook):
    def recognises(self, sample: Sample) -> bool:
        return sample.lines[:1] == ["Date;Index (m3)"]


class GoesByTheName(Notebook):
    def recognises(self, sample: Sample) -> bool:
        return sample.name.endswith(".csv") and super().recognises(sample)


class SeeksWordsAnywhere(Notebook):
    def recognises(self, sample: Sample) -> bool:
        return "date;m3" in sample.text


class TakesTheFirstLine(Notebook):
    def recognises(self, sample: Sample) -> bool:
        return sample.lines[0] == "date;m3"


class AnOrderOfItsOwn(Notebook):
    def __init__(self) -> None:
        self.forwards = False

    def kept(self, found: list[WaterReading], file: File) -> list[WaterReading]:
        self.forwards = not self.forwards
        return found if self.forwards else found[::-1]


class NotesTheMoment(Notebook):
    def ext(self, source: Source) -> dict[str, str]:
        return {"x.imported": source.retrieved_at.isoformat()}


class DeclaresNothing(Notebook):
    record_types: tuple[type[Record], ...] = ()


class ASourceOfItsOwn(Notebook):
    def made(self, day: str, dial: str, source: Source, options: Options) -> WaterReading:
        return super().made(day, dial, source.model_copy(update={"sha256": None}), options)


class TheMachinesZone(Notebook):
    def at(self, day: str, tz: str) -> datetime:
        return datetime.fromisoformat(day).replace(hour=8).astimezone()


class AlwaysParis(Notebook):
    def tz(self, options: Options) -> str:
        return "Europe/Paris"


class OpensThePath(Notebook):
    def lines(self, file: File) -> Iterator[tuple[int, str]]:
        with file.path.open(encoding="utf-8") as stream:
            yield from list(enumerate(stream.read().splitlines(), 1))[1:]


class SeesTheByteOrderMark(Notebook):
    def lines(self, file: File) -> Iterator[tuple[int, str]]:
        with file.open() as stream:
            lines = stream.read().decode("utf-8", "replace").splitlines()
        return ((number, line) for number, line in enumerate(lines, 1) if line != "date;m3")


class SeesCarriageReturns(Notebook):
    def lines(self, file: File) -> Iterator[tuple[int, str]]:
        with file.text() as stream:
            yield from ((n, line) for n, line in enumerate(stream.read().split("\n"), 1) if n > 1 and line)

    def made(self, day: str, dial: str, source: Source, options: Options) -> WaterReading:
        if not dial[-1:].isdigit():
            raise ValueError
        return super().made(day, dial, source, options)


class TakesNothingForZero(Notebook):
    def reading(self, line: str, source: Source, options: Options) -> WaterReading:
        day, _, dial = line.partition(";")
        return self.made(day, dial or "0", source, options)


class ForgetsAllWhenCut(Notebook):
    def kept(self, found: list[WaterReading], file: File) -> list[WaterReading]:
        with file.text() as stream:
            last = stream.read().splitlines()[-1]
        return found if ";" in last else []


class StopsAtABadLine(Notebook):
    def lines(self, file: File) -> Iterator[tuple[int, str]]:
        for number, line in super().lines(file):
            yield number, line
            if not line[:4].isdigit():
                return


class SkipsBadLines(Notebook):
    def bad(self, number: int, line: str) -> Iterator[Item]:
        return iter(())


class CountsFromZero(Notebook):
    def bad(self, number: int, line: str) -> Iterator[Item]:
        yield Rejection(f"line {number - 1}", NOT_A_READING)


class SaysNoPlace(Notebook):
    def bad(self, number: int, line: str) -> Iterator[Item]:
        yield Rejection("", NOT_A_READING)


class QuotesTheLine(Notebook):
    def bad(self, number: int, line: str) -> Iterator[Item]:
        yield Rejection(
            f"line {number}", Text(en=f"“{line}” is no reading.", fr=f"«\u00a0{line}\u00a0» n'est pas un relevé.")
        )


class TakesTheSecondCell(Notebook):
    def reading(self, line: str, source: Source, options: Options) -> WaterReading:
        cells = line.split(";")
        return self.made(cells[0], cells[1], source, options)


class Borrowed:
    """The importer of Veolia under another name or with another result."""

    def __init__(self, name: str, *more: Item) -> None:
        self.name = name
        self.more = more
        self.version, self.title, self.holder = DAILY.version, DAILY.title, DAILY.holder
        self.record_types = DAILY.record_types

    def recognises(self, sample: Sample) -> bool:
        return DAILY.recognises(sample)

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        yield from DAILY.read(file, source, options)
        yield from self.more


ZOO: dict[str, tuple[Importer, Rule[Examples]]] = {
    "expects another header": (ExpectsAnotherHeader(), importers.recognises_and_reads_its_files),
    "goes by the name": (GoesByTheName(), importers.recognises_content_whatever_its_name),
    "seeks words anywhere": (SeeksWordsAnywhere(), importers.leaves_other_files_alone),
    "takes what is known": (Borrowed("veolia-csv"), importers.is_the_only_one_that_recognises_its_files),
    "takes the first line": (TakesTheFirstLine(), importers.recognising_raises_nothing),
    "an order of its own": (AnOrderOfItsOwn(), importers.gives_the_same_for_the_same_bytes),
    "notes the moment": (NotesTheMoment(), importers.importing_again_writes_nothing),
    "declares nothing": (DeclaresNothing(), importers.declares_the_types_that_it_gives),
    "a source of its own": (ASourceOfItsOwn(), importers.says_where_each_record_comes_from),
    "the machine's zone": (TheMachinesZone(), importers.is_the_same_in_every_zone_of_the_machine),
    "always Paris": (AlwaysParis(), importers.keeps_the_zone_that_the_person_says),
    "opens the path": (OpensThePath(), importers.touches_nothing_but_the_file),
    "sees the byte order mark": (SeesTheByteOrderMark(), importers.reads_any_line_end_and_a_byte_order_mark),
    "sees carriage returns": (SeesCarriageReturns(), importers.reads_any_line_end_and_a_byte_order_mark),
    "takes nothing for zero": (TakesNothingForZero(), importers.reads_no_half_line),
    "forgets all when cut": (ForgetsAllWhenCut(), importers.loses_nothing_before_a_cut),
    "stops at a bad line": (StopsAtABadLine(), importers.rejects_what_is_unreadable_and_keeps_the_rest),
    "skips bad lines": (SkipsBadLines(), importers.rejects_what_is_unreadable_and_keeps_the_rest),
    "counts from zero": (CountsFromZero(), importers.rejections_say_where),
    "says no place": (SaysNoPlace(), importers.rejections_say_where),
    "quotes the line": (QuotesTheLine(), importers.messages_repeat_nothing_of_the_file),
    "takes the second cell": (TakesTheSecondCell(), importers.raises_nothing_but_a_refusal),
    "is another than its name says": (Borrowed(DAILY.name, Remark("guess", ANOTHER)), importers.works_in_the_sandbox),
}
