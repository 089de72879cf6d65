"""How long commands take to start, over a bare interpreter."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from selfdata_sdk.host.shelf import FORMAT, REGISTRY, Shelf

from . import measure

COACH = measure.ROOT / "example_services" / "water_coach"
HOME_FILE = measure.ROOT / "selfdata_sdk" / "demo" / "daiad_alicante_leak_12d.csv"


def shelf(folder: Path, services: int = 1000) -> None:
    """A home with so many services installed: what listing them reads."""
    said = {"en": "Finds leaks in your water use.", "fr": "Repère les fuites dans votre consommation d'eau."}
    told = {"name": said, "summary": said, "origin": "wheel", "source": "leaks-1.0.0-py3-none-any.whl"}
    version = {"version": "1.0.0", "installed_at": "2026-01-01T00:00:00Z", **told}
    entries = {
        f"org.example.leaks-{n}": {
            "distribution": f"leaks-{n}",
            "enabled": True,
            "versions": [{**version, "digest": f"{n:064x}"}],
        }
        for n in range(services)
    }
    path = folder / "services" / REGISTRY
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"registry": FORMAT, "services": entries}), encoding="utf-8")
    assert len(Shelf(path.parent).installed()) == services


def commands(folder: Path, rounds: int = 15) -> dict[str, float]:
    """Milliseconds over a bare interpreter of the same machine and round."""
    selfdata = [str(Path(sys.executable).with_name("selfdata")), "--home", str(folder / "home")]
    measure.process([*selfdata, "--clock", "2017-03-01T08:00+01:00", "import", str(HOME_FILE)])
    measure.process([*selfdata, "grant", str(COACH), "--accept", "water", "--accept", "home"])
    run = [*selfdata, "run", str(COACH)]
    shelf(folder / "thousand")
    cases = {
        "bare interpreter": [sys.executable, "-c", ""],
        "--version": [selfdata[0], "--version"],
        "--help": [selfdata[0], "--help"],
        "show": [*selfdata, "show"],
        "run, the water coach on a year": run,
        "run --json": [*run, "--json"],
        "run --trust, in the command's own process": [*run, "--trust"],
        "plugins list, of 1 000 services": [selfdata[0], "--home", str(folder / "thousand"), "plugins", "list"],
    }
    times = measure.interleaved({n: (lambda c=c: measure.process(c)) for n, c in cases.items()}, rounds)  # type: ignore[misc]
    bare = times.pop("bare interpreter")
    return {name: 1000 * (seconds - bare) for name, seconds in times.items()}
