"""How long commands take to start, over a bare interpreter."""

from __future__ import annotations

import sys
from pathlib import Path

from . import measure

COACH = measure.ROOT / "example_services" / "water_coach"
HOME_FILE = measure.ROOT / "selfdata_sdk" / "demo" / "daiad_alicante_leak_12d.csv"


def commands(folder: Path, rounds: int = 15) -> dict[str, float]:
    """Milliseconds over a bare interpreter of the same machine and round."""
    selfdata = [str(Path(sys.executable).with_name("selfdata")), "--home", str(folder / "home")]
    measure.process([*selfdata, "--clock", "2017-03-01T08:00+01:00", "import", str(HOME_FILE)])
    measure.process([*selfdata, "grant", str(COACH), "--accept", "water", "--accept", "home"])
    run = [*selfdata, "run", str(COACH)]
    cases = {
        "bare interpreter": [sys.executable, "-c", ""],
        "--version": [selfdata[0], "--version"],
        "--help": [selfdata[0], "--help"],
        "show": [*selfdata, "show"],
        "run, the water coach on a year": run,
        "run --json": [*run, "--json"],
    }
    times = measure.interleaved({n: (lambda c=c: measure.process(c)) for n, c in cases.items()}, rounds)  # type: ignore[misc]
    bare = times.pop("bare interpreter")
    return {name: 1000 * (seconds - bare) for name, seconds in times.items()}
