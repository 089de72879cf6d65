"""A service's run on a persona, in memory: nobody's data, so no grant and no journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from ..cloud import MemoryCloud
from ..host.discovery import Found
from ..host.runner import Run, run
from ..host.sandbox.launching import Launched
from ..model.text import Language
from ..store import PersonalStore
from ..testing.personas import Persona
from ..testing.running import OpenDoor
from .advice import engine
from .language import say, spoken
from .terminal import tell


def rehearse(
    found: Found,
    household: Persona,
    launched: Launched | None = None,
    *,
    settings: Mapping[str, str] | None = None,
    now: datetime | None = None,
    debug: bool = False,
) -> Run:
    """Run a service on an invented household: in the sandbox that was launched, else inside this program.

    A `now` after the household's last day counts as the morning after it.
    """
    title = household.title.say(spoken())
    tell(say(f"On an invented household: {title}.", f"Sur un foyer inventé\u00a0: {title}."), err=True)
    own = say("Your own code runs inside this program, and nothing holds it.",
              "Votre propre code tourne dans ce programme même, et rien ne le retient.")  # fmt: skip
    with (
        PersonalStore(MemoryCloud()) as store,
        engine(found, launched, debug=debug, said=own) as runs,
    ):
        household.write(store)
        return run(
            OpenDoor(store), runs, manifest=found.manifest, settings=settings,
            now=min(now or household.now, household.now), language=cast(Language, spoken()), tz=household.tz,
        )  # fmt: skip
