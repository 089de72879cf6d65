"""For authors of importers: the rules that every importer keeps, each as a check on files of its format.

TestNotebook = importer_tests(NotebookCsv(), [Path("notebook.csv")])
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from os import PathLike
from pathlib import Path

from ..cloud import MemoryCloud
from ..errors import SandboxUnavailable
from ..host.audit import watched
from ..importers import Importer, Importers, Options, import_files
from ..model import Table
from ..store import PersonalStore
from .damage import BYTE_ORDER_MARK, Cut, Spoiled, cuts, others, spoiled
from .example import NOW, Example, Fact, Key, Reading, sorted_out
from .rule import Broken, CannotTell, Rule, expect, rule_of, tests_of

Examples = Sequence[Example]

_ZONE = "America/St_Johns"

RULES: list[Rule[Examples]] = []
"""What every importer keeps, for each of its files."""


def importer_tests(importer: Importer, files: Iterable[str | PathLike[str]], *, options: Options | None = None) -> type:
    """A class of tests for pytest, one for each rule: `TestNotebook = importer_tests(NotebookCsv(), [FILE])`.

    files    of the importer's format, at least one; best a few dozen records with the traps of the format
    options  what a person has to say beside them, if anything
    """
    examples = [Example(importer, Path(file), options or Options()) for file in files]
    if not examples:
        raise ValueError("importer_tests needs a file of the importer's format")
    return tests_of("TestImporter", RULES, lambda folder: examples)


def _rule(fix: str) -> Callable[[Callable[[Example], None]], Rule[Examples]]:
    """Makes the check of one file a rule for all of them; it can be told if it can be told of one."""

    def made(check: Callable[[Example], None]) -> Rule[Examples]:
        @wraps(check)
        def on_all(examples: Examples) -> None:
            unsure: list[CannotTell] = []
            for example in examples:
                try:
                    check(example)
                except CannotTell as reason:
                    unsure.append(reason)
                except Broken as broken:
                    raise Broken(f"{example.name}: {broken}") from None
            if len(unsure) == len(examples):
                raise unsure[0]

        return rule_of(RULES, fix)(on_all)

    return made


# Whose files they are


@_rule(
    "Look at the first lines of the sample, with care for how the holder writes them; yield a table for the records."
)
def recognises_and_reads_its_files(example: Example) -> None:
    """It recognises files of its format and reads records from them."""
    found = example.read_file()
    if found.outcome == "failed":
        raise Broken(f"It fails ({_named(found)}).") from found.error
    expect(found.error is None, f"It refuses the file: {found.error}")
    expect(found.outcome == "read", "It does not recognise the file.")
    expect(found.facts, f"It reads no record, and rejects {len(found.rejections)}.")


@_rule("Compare the sample's content; its name is for messages only.")
def recognises_content_whatever_its_name(example: Example) -> None:
    """It recognises the content of a file, never its name."""
    own = example.importer.recognises(example.sample(example.content))
    for name in ("download", "data.bin", "data.csv", "data.json"):
        found = example.importer.recognises(example.sample(example.content, name))
        expect(found == own, f"As {name} it is{'' if found else ' not'} recognised, and as {example.name} it is.")


@_rule("Compare a whole line at its place, as in `sample.lines[:1] == [...]`, rather than seek words anywhere.")
def leaves_other_files_alone(example: Example) -> None:
    """It does not recognise a file of another kind, like a web page saved under the name of its own."""
    for kind, content in others(example).items():
        expect(not _recognises(example, content), f"It takes {kind} for its own.")


@_rule("Be narrower: when two importers recognise a file, the person has to choose.")
def is_the_only_one_that_recognises_its_files(example: Example) -> None:
    """No importer that comes with selfdata recognises its files, too."""
    known = {i.name for i in Importers().recognising(example.sample(example.content))} - {example.importer.name}
    expect(not known, f"{', '.join(sorted(known))} recognises it, too.")


@_rule("Look whether a line or a cell is there before you take it: `sample.lines[:1]` is never an error.")
def recognising_raises_nothing(example: Example) -> None:
    """It looks at any file at all without an error."""
    starts = {f"its own first {n} bytes": example.content[:n] for n in (1, 2, 3, 10, 50, 100, 200, 500)}
    for kind, content in (others(example) | starts).items():
        try:
            example.importer.recognises(example.sample(content))
        except Exception as error:
            raise Broken(f"It fails ({type(error).__name__}) when it looks at {kind}.") from error


# What it makes of them


@_rule("Use no clock, no random numbers, no order of sets, and keep nothing from one file to the next.")
def gives_the_same_for_the_same_bytes(example: Example) -> None:
    """The same bytes give the same records, rejections and remarks, in the same order."""
    once, again = example.read(example.short), example.read(example.short)
    expect([_plain(i) for i in once.items] == [_plain(i) for i in again.items], "The second time it gives other items.")
    expect(once.facts == again.facts, "The second time it gives other records.")


@_rule("Let no record depend on when the file is imported (`source.retrieved_at`).")
def importing_again_writes_nothing(example: Example) -> None:
    """A file that is imported again, a month later, writes nothing."""
    known = Importers([("kit", example.importer)])
    with PersonalStore(MemoryCloud()) as store:
        first, again = (
            import_files(
                store, [example.path], now=now, options=example.options, format=example.importer.name, importers=known
            )
            for now in (NOW, NOW + timedelta(days=30))
        )
    if not first.created:
        raise CannotTell(f"{example.name}: nothing of it is imported.")
    expect(not again.created, f"The second time {again.created} records are new.")
    expect(not again.updated, f"The second time {again.updated} records are other than the first time.")


@_rule("List in `record_types` the type of every record that it gives.")
def declares_the_types_that_it_gives(example: Example) -> None:
    """Its `record_types` are those of its records."""
    given = {item.record_type.type for item in example.reading.items if isinstance(item, Table)}
    unsaid = given - {record_type.type for record_type in example.importer.record_types}
    expect(not unsaid, f"It gives {', '.join(sorted(unsaid))} and does not say so.")


@_rule("Give each record the `source` that `read` was given, with the record's place as its `locator`.")
def says_where_each_record_comes_from(example: Example) -> None:
    """Every record carries the source that it was given, and its own place in the file."""
    given = example.source(example.held).model_dump(exclude={"locator"})
    for fact in example.reading.facts.values():
        expect(fact.source.locator, "A record has no place in the file (`locator`).")
        for name, wanted in given.items():
            expect(getattr(fact.source, name) == wanted, f"The record of {fact.source.locator} has another {name}.")


@_rule("Give a time that has no offset the zone of the holder's clock (`options.tz` or your own), never the machine's.")
def is_the_same_in_every_zone_of_the_machine(example: Example) -> None:
    """The clock and zone of the machine change nothing: no time is left without a zone of its own."""
    for tz in ("UTC", _ZONE, "Pacific/Auckland"):
        with _machine_in(tz):
            found = example.read(example.short)
        expect(found.facts == example.reading.facts, f"On a machine in {tz} its records are other ones.")


@_rule("Take `options.tz` where it is not empty, and your own zone otherwise.")
def keeps_the_zone_that_the_person_says(example: Example) -> None:
    """The zone that the person says is that of the records."""
    found = {fact.content["tz"] for fact in example.with_options(tz=_ZONE).reading.facts.values()}
    expect(found == {_ZONE}, f"With --tz {_ZONE} its records are in {', '.join(map(str, found))}.")


@_rule("Read from `file` (`open`, `text`, `lines`), not from its path, and use nothing else of the machine.")
def touches_nothing_but_the_file(example: Example) -> None:
    """It opens no other file, no socket and no program while it reads."""
    example.read(example.short)  # what it imports when it is first used is no fault
    reached: dict[str, None] = {}
    with watched(lambda name: reached.setdefault(name)):
        found = example.read(example.short)
    expect(not reached, f"It calls {', '.join(reached)}.")
    if example.read_file().facts:
        expect(found.facts, "It reads nothing of a file that is in memory: does it open the file itself?")


# Files that are written in another way, cut or damaged


@_rule("Read through `file.lines()` or `file.text()`, which know about both, and strip the line's end.")
def reads_any_line_end_and_a_byte_order_mark(example: Example) -> None:
    """Other line ends, no line end at the end, and a byte order mark change nothing."""
    sample = example.sample(example.short)
    if sample.is_zip or sample.is_pdf or sample.encoding == "utf-16":
        raise CannotTell(f"{example.name} is no text with line ends.")
    plain = example.short.removeprefix(BYTE_ORDER_MARK)
    lines = plain.replace(b"\r\n", b"\n")
    written = {
        "line ends of Windows": lines.replace(b"\n", b"\r\n"),
        "line ends of Unix": lines,
        "no line end at its end": plain.rstrip(b"\r\n"),
        "a line end at its end": plain if plain.endswith(b"\n") else plain + b"\n",
        "no byte order mark": plain,
    }
    if sample.encoding == "utf-8-sig":
        written["a byte order mark"] = BYTE_ORDER_MARK + plain
    for how, content in written.items():
        found = example.read(content)
        expect(_told(found) == _told(example.reading), f"With {how} it gives something else.")


@_rule("Reject a last line that has too few cells, or refuse the file: it may have been cut while it was downloaded.")
def reads_no_half_line(example: Example) -> None:
    """Of a line that is cut in the middle, no record is read."""
    for cut in cuts(example):
        for fact in _other_facts(example, example.read(cut.content)):
            # The last whole line may say less than it did: it has none after it any more.
            expect(
                cut.lines is not None and fact.line == cut.lines,
                f"{cut} gives another record than before at {fact.source.locator}.",
            )


@_rule("Yield the records of the good lines, whatever comes after them; or refuse the whole file with FileRefused.")
def loses_nothing_before_a_cut(example: Example) -> None:
    """A file that is cut gives all records that stand before the cut, or is refused as a whole."""
    for cut in cuts(example):
        found = example.read(cut.content)
        if found.outcome == "read" and cut.lines is not None:
            lost = _lost(example, found, range(1, cut.lines))
            expect(not lost, f"{cut}, in line {cut.lines + 1}, the record of {_line(lost)} is lost.")


@_rule("Yield a Rejection for what cannot be read, and go on with the next line.")
def rejects_what_is_unreadable_and_keeps_the_rest(example: Example) -> None:
    """A line that cannot be read is rejected, and all other records are kept; no value is lost in silence."""
    for bad in _spoiled(example):
        found = example.read(bad.content)
        said = found.outcome != "read" or len(found.rejections) > len(example.reading.rejections)
        if bad.line is None:
            silent = not said and len(found.remarks) <= len(example.reading.remarks)
            gone = len(example.reading.facts) - len(found.facts)
            expect(gone <= 0 or not silent, f"{bad}, {gone} records are lost, and nothing says so.")
            continue
        expect(found.outcome == "read", f"{bad}, nothing is read.")
        expect(said, f"{bad}, no Rejection says so.")
        beside = {bad.line - 1, bad.line, bad.line + 1}  # what is used between two readings, how long a step is
        lost = _lost(example, found, set(example.placed) - beside)
        expect(not lost, f"{bad}, the record of {_line(lost)} is lost.")
        changed = [fact.line or 0 for fact in _other_facts(example, found) if fact.line not in beside]
        expect(not changed, f"{bad}, {_line(changed)} gives another record.")


@_rule("Count lines from 1, the header included, as `file.lines()` does.")
def rejections_say_where(example: Example) -> None:
    """Every rejection has a place, and that of a line has its number."""
    for bad in _spoiled(example):
        places = [r.locator for r in example.read(bad.content).rejections if r not in example.reading.rejections]
        expect(all(p.strip() for p in places), f"{bad}, its rejection has no place.")
        named = bad.line is None or not places or any(re.search(rf"\b{bad.line}\b", place) for place in places)
        expect(named, f"{bad}, the place of its rejection is {' and '.join(places)}.")


@_rule("Say what is wrong, as in “It has no date.”, never with the cell, the line or the text of an exception.")
def messages_repeat_nothing_of_the_file(example: Example) -> None:
    """No rejection, remark or refusal repeats what stands in the file: reports are shown and shared."""
    for bad in (*_spoiled(example), *_spoiled(example, b"7")):
        said = example.read(bad.content).said
        repeated = [cell for cell in sorted(bad.cells) if len(cell) > 2 and cell in said]
        expect(not repeated, f"{bad}, a message repeats {' and '.join(repeated)}.")


@_rule("Catch what you expect to go wrong, where it goes wrong; raise FileRefused where nothing can be read.")
def raises_nothing_but_a_refusal(example: Example) -> None:
    """However a file is damaged, it is read or refused with FileRefused: no other error comes out."""
    damages: list[Cut | Spoiled] = [*cuts(example), *spoiled(example)]
    damaged = {str(damage): damage.content for damage in damages} | {
        "with only its first line": b"".join(example.lines[:1]),
        "twice in one": example.short * 2,
        "with zero bytes at its end": example.short + bytes(1000),
        "with bytes that are no text": example.short + bytes(range(128, 256)),
    }
    for how, content in damaged.items():
        found = example.read(content)
        if found.outcome == "failed":
            raise Broken(f"{how}, it fails ({_named(found)}).") from found.error


@_rule("Read in the sandbox what you read outside of it: no files, no programs, bounded memory.")
def works_in_the_sandbox(example: Example) -> None:
    """Behind the walls of the sandbox it gives the same."""
    if example.importer.name not in {i.name for i in Importers()}:
        raise CannotTell("Importers of plugins run in the process of the command.")
    from ..host.sandbox import Sandbox
    from ..host.sandbox.reader import SandboxedReader

    try:
        with Sandbox() as sandbox:
            _, items = SandboxedReader(sandbox)(example.held, NOW, example.options, example.importer)
            found = sorted_out(items)
    except SandboxUnavailable as error:
        raise CannotTell(str(error)) from None
    here = example.reading
    expect(found.facts == here.facts, "In the sandbox its records are other ones.")
    expect((found.rejections, found.remarks) == (here.rejections, here.remarks), "In the sandbox it says other things.")


# What was found, beside what is read of the file as it is


def _line(numbers: Sequence[int]) -> str:
    return f"line {numbers[0]}" if numbers else "no line"


def _recognises(example: Example, content: bytes) -> bool:
    try:
        return example.importer.recognises(example.sample(content))
    except Exception:
        return False


def _spoiled(example: Example, sign: bytes = b"q") -> list[Spoiled]:
    found = list(spoiled(example, sign))
    if not found:
        raise CannotTell(f"{example.name} has no line or value that could be made unreadable.")
    return found


def _other_facts(example: Example, found: Reading) -> list[Fact]:
    """The facts that are not among those of the file as it is."""
    known = example.reading.facts
    return [fact for key, fact in found.facts.items() if key not in known or known[key].content != fact.content]


def _lost(example: Example, found: Reading, lines: Collection[int]) -> list[int]:
    """Those of the lines of which a record is not found."""
    gone = (fact.line for key, fact in example.reading.facts.items() if key not in found.facts)
    return sorted({line for line in gone if line is not None and line in lines})


@contextmanager
def _machine_in(tz: str) -> Iterator[None]:
    """The clock of this process in another zone."""
    if not hasattr(time, "tzset"):
        raise CannotTell("The zone of this machine cannot be changed for a test.")
    before = os.environ.get("TZ")
    os.environ["TZ"] = tz
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


def _told(found: Reading) -> object:
    """All of a reading but the digest of the bytes."""
    places: dict[Key, tuple[object, str | None]] = {k: (f.content, f.source.locator) for k, f in found.facts.items()}
    return places, found.rejections, found.remarks


def _plain(item: object) -> object:
    """An item so that two can be compared."""
    if not isinstance(item, Table):
        return item
    return item.record_type, item.series, item.sources, item.placed().tolist()


def _named(found: Reading) -> str:
    return type(found.error).__name__
