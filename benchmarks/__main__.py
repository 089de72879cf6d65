"""Run every measurement and write docs/benchmarks.md; with names of its parts, like `Findings`, those only."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from . import crossings, findings, fleets, imports, journals, measure, reads, sandboxes, startup

PAGE = measure.ROOT / "docs" / "benchmarks.md"
HUNDRED_THOUSAND, MILLION = 100_000, 1_000_000
SINGER, CORE, AGAIN = "singer-sdk tap into its SQL target", "selfdata, core alone", "selfdata, the same file again"
ARROW = "pyarrow.csv, read only"
HOSTED = "through grant, broker and journal, reduced to days"


WHY = """## Where the time goes, and what is missed

- **Import, whole process.** Of the time for a million rows about 0.25 s is start-up (numpy, pydantic, the record types,
  the importers that look at the file) and 0.02 s the file's digest. A file of this size is read by numpy; what the
  store does costs as much again as the reading: half of it is deflating pages.
- **Import, warm.** A bare `pyarrow.csv` read keeps nothing. Here every row also gets its line number, its energy from
  its power, its checks, its place among the records that are there, and a durable page. The wanted 35 % would need
  pages of many series made at once, without a step of Python for each page.
- **Import, cold, 100 000 rows.** Start-up alone is most of it.
- **Read.** A page costs about 75 µs to decode, a year has twelve; the rest is opening the file. A read reduced to days
  costs a quarter of a millisecond more than a full one, for cutting local days and summing.
- **The door.** In a host that is open, consent costs some 1.3 ms over the bare read: half of it is the durable commit of
  the entry, the rest looking at grant and head, and remembering the head outside the cloud. With the opening of both files
  there are two more databases to close, each of which writes its log back. Reduced to days, what was given is compared with
  what was given before.
- **The sandbox, and a fleet.** A run is a fork of a process of some 34 MB. A page that is copied when it is first written to
  costs 2.1 to 2.5 µs on this machine, and a small service's run copies about 1 700 of them, as Python 3.11 writes a count into
  each object that it looks at: 4 ms of the 7 ms of processor time that a run takes. The zygote adds 1 ms, the host 4 ms for
  opening the store, consent, two durable commits and the run's record. A fleet of 200 persons a second would need all of it
  in 10 ms. A single run hides most of its part, as it is begun ahead.
- **`run`.** pydantic, numpy, the service's own modules and Babel's first words, as `--trust` shows; the rest is the start of
  the sandbox, most of which takes place beside that."""


def main(wanted: list[str]) -> None:
    makers: dict[str, Callable[[Path], str]] = {
        "Import": _imports,
        "Read": _reads,
        "Journal": _journal,
        "Sandbox": _sandbox,
        "Fleet": _fleet,
        "Start-up": _startup,
        "Findings": lambda folder: _findings(),
        "Crossing services": lambda folder: crossings.part(_rows),
    }
    if unknown := set(wanted) - makers.keys():
        raise SystemExit(f"There is no part {', '.join(sorted(unknown))}: there are {', '.join(makers)}.")
    before = PAGE.read_text("utf-8").split("\n\n## ") if wanted else [_intro()]
    known = {part.partition("\n")[0]: f"## {part.rstrip()}" for part in before[1:]}
    with tempfile.TemporaryDirectory() as name:
        parts = [make(Path(name)) if not wanted or n in wanted else known.get(n, "") for n, make in makers.items()]
    PAGE.write_text("\n\n".join([before[0], *filter(None, parts), WHY]) + "\n", encoding="utf-8")
    print(f"wrote {PAGE.relative_to(measure.ROOT)}")


def _intro() -> str:
    return f"""# Benchmarks

Every figure stands beside its peers from the same run: rounds are interleaved and medians are given, so ratios hold
better than seconds. Reproduce with `make bench` (about twenty minutes; it sets up `.venv-bench` with the peers' pinned
versions and writes this page). Timings are never asserted in tests.

Taken on {measure.machine()}."""


def _imports(folder: Path) -> str:
    small, large = imports.make(folder, HUNDRED_THOUSAND), imports.make(folder, MILLION)
    print("import, 100 000 rows ...", flush=True)
    cold = imports.whole_processes(folder, small, 5)
    print("import, 1 000 000 rows ...", flush=True)
    whole = imports.whole_processes(folder, large, 3)
    sizes = imports.sizes(folder)
    print("import, warm ...", flush=True)
    warm = imports.warm(folder, large)
    targets = [
        ("1 M rows, whole process, times as fast as singer-sdk", whole[SINGER] / whole["selfdata"], ">= 100"),
        ("the same with the core alone", whole[SINGER] / whole[CORE], ">= 40"),
        ("100 000 rows, cold, times as fast as singer-sdk", cold[SINGER] / cold["selfdata"], ">= 13"),
        ("1 M rows, warm, share of bare pyarrow.csv's speed, %", 100 * warm[ARROW] / warm["selfdata"], ">= 35"),
        ("the same file again, whole process, times the first import", whole[AGAIN] / whole["selfdata"], "<= 1.2"),
        ("bytes per reading with its whole envelope", sizes["selfdata, documents"], "<= 4"),
    ]
    return "\n\n".join(
        [
            "## Import",
            (
                "`selfdata import` of an Enedis load curve (ISO stamps with offset; mean power), checked, merged and durable in the embedded store"
                " (SQLite, synchronous FULL), against the same rows in SQLite by other ways. Peers write rows and check types"
                " only. `selfdata` loads pyarrow only for files from 60 MB on, where it pays for its loading."
            ),
            _rows("whole process", {"100 000 rows, s": cold, "1 000 000 rows, s": whole}, 2),
            _rows("warm, in one process", {"1 000 000 rows, ms": {k: 1000 * v for k, v in warm.items()}}, 0),
            _rows("stored", {"bytes per reading": sizes}, 1),
            _targets(targets),
        ]
    )


def _reads(folder: Path) -> str:
    print("read ...", flush=True)
    year = reads.year(folder)
    stores = reads.stores_per_second(folder)
    targets = [
        ("one year into columns with the file's opening, ms", year["into columns"], "<= 1.5"),
        (
            "a read reduced to days, times a full one",
            year["through the broker, reduced to days"] / year["through the broker, every half hour"],
            "<= 1",
        ),
        ("one year through grant, reduction and a durable entry, ms", year[HOSTED], "<= 3"),
        ("small stores opened, read and closed per second and core", stores, ">= 1000"),
    ]
    return "\n\n".join(
        [
            "## Read",
            "One year of half-hourly readings (17 520).",
            _rows("read", {"ms": year}, 2),
            _targets(targets),
        ]
    )


def _journal(folder: Path) -> str:
    print("journal ...", flush=True)
    appends = journals.appends(folder)
    opened, verified = journals.of_a_million(folder)
    targets = [
        ("an entry, durable, ms", appends["an entry, after 200"], "<= 1"),
        (
            "an entry after 100 000, times one after 200",
            appends["an entry, after 100 000"] / appends["an entry, after 200"],
            "<= 1.2",
        ),
        ("a journal of a million entries opened, ms", opened, "<= 50"),
        ("verified, entries per second", verified, ">= 150000"),
    ]
    return "\n\n".join(
        [
            "## Journal",
            "Entries of a run, chained, sealed and remembered by the host, in the embedded store (synchronous FULL).",
            _rows("append", {"ms": appends}, 2),
            _targets(targets),
        ]
    )


def _sandbox(folder: Path) -> str:
    print("sandbox ...", flush=True)
    runs = sandboxes.runs(folder)
    over = runs[sandboxes.WARM] - runs[sandboxes.WITHOUT]
    return "\n\n".join(
        [
            "## Sandbox",
            (
                "One run of a small service on a year of hourly water, data in, checked blocks out. Bubblewrap is there where it "
                "is installed."
            ),
            _rows("run", {"ms": runs}, 1),
            _targets([("one warm sandboxed run, ms over an unsandboxed call", over, "<= 5")]),
        ]
    )


def _fleet(folder: Path) -> str:
    print("fleet, 10 000 persons ...", flush=True)
    measured = fleets.persons_per_second(folder)
    few, all_of_them = measured["MB for a tenth of the persons"], measured["MB for all"]
    targets = [
        ("persons per second", measured["persons per second"], ">= 200"),
        ("memory for all, times that for a tenth of them", all_of_them / few, "<= 1.1"),
    ]
    return "\n\n".join(
        [
            "## Fleet",
            (
                "One small service for 10 000 persons with a year of hourly water each: sandboxed, granted and journalled, each "
                "in a store of their own, with the start and the end of all processes."
            ),
            _rows("", {"measured": measured}, 0),
            _targets(targets),
        ]
    )


def _startup(folder: Path) -> str:
    print("start-up ...", flush=True)
    times = startup.commands(folder)
    targets = [
        ("`selfdata --version`, ms over bare", times["--version"], "<= 15"),
        ("`selfdata --help`", times["--help"], "<= 50"),
        ("`selfdata run`", times["run, the water coach on a year"], "<= 350"),
        ("`selfdata plugins list`, of 1 000 services", times["plugins list, of 1 000 services"], "<= 500"),
    ]
    return "\n\n".join(
        [
            "## Start-up",
            "Whole commands, less a bare interpreter started in the same round.",
            _rows("command", {"ms over bare": times}, 0),
            _targets(targets),
        ]
    )


def _findings() -> str:
    print("findings, 200 households ...", flush=True)
    found, by_size = findings.scores()
    shares = {
        "precision, %": {rule: 100 * score.precision for rule, score in found.items()},
        "recall, %": {rule: 100 * score.recall for rule, score in found.items()},
        **{
            f"recall, {size}": {rule: 100 * shares[size] for rule, shares in by_size.items()} for size in findings.SIZES
        },
    }
    per_year = {"false alarms per home and year": {r: s.false_alarms_per_year for r, s in found.items()}}
    coach = found[findings.COACH]
    looks = coach.weeks
    leaking = coach.hits + coach.misses
    return "\n\n".join(
        [
            "## Findings",
            (
                f"The water coach on 200 generated households ([personas](explanation/personas.md)), each looked at once a week over "
                f"400 days as it was that morning: {looks} looks, at {leaking} of which water had leaked for 72 hours or more. About "
                "a third of the homes have a leak of three days or more, and a quarter a toilet that ran for a day or two. The households "
                "are invented: this shows that the rules do what they say, not how often real leaks are found."
            ),
            _rows("look", shares, 0),
            _rows("look", per_year, 3),
            (
                "Running toilets of a day or two are looked at too, but only a look at which nothing leaked, or water had leaked for "
                "72 hours, counts. Persons in these homes leave hours without water often enough that a simple rule does nearly as "
                "well as the coach; real homes are harder ([rates measured on 81 of them](explanation/personas.md))."
            ),
        ]
    )


def _rows(title: str, columns: Mapping[str, Mapping[str, float]], places: int) -> str:
    names = list(dict.fromkeys(n for column in columns.values() for n in column))
    lines = [f"| {title} | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    lines += [
        f"| {n} | {' | '.join(f'{c[n]:.{places}f}' if n in c else '' for c in columns.values())} |" for n in names
    ]
    return "\n".join(lines)


def _targets(targets: list[tuple[str, float, str]]) -> str:
    lines = ["| target | measured | wanted | |", "|---|---:|---:|---|"]
    for name, value, wanted in targets:
        sign, limit = wanted.split()
        met = value >= float(limit) if sign == ">=" else value <= float(limit)
        shown = f"{value:.0f}" if value >= 20 else f"{value:.2f}"
        lines.append(
            f"| {name} | {shown} | {'≥' if sign == '>=' else '≤'} {limit} | {'met' if met else '**missed**'} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
