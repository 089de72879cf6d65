"""Every hook by which a trusted plugin extends the host. Plugins run in the host's own process: services never do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pluggy

from ..cloud import Cloud
from ..importers.importer import Importer
from ..model import Record
from .report import RunReport

PROJECT = "selfdata"
"""pluggy's name for the host; plugins mark their functions with `pluggy.HookimplMarker("selfdata")`."""

ENTRY_POINTS = "selfdata.plugins"
"""The entry-point group whose plugins are loaded, one by one."""

hookspec = pluggy.HookspecMarker(PROJECT)


class Hooks:
    """What a plugin may add. It implements the hooks that it wants, each a plain function marked with `hookimpl`.

    Plugins are asked in the order of their distributions' names, `tryfirst` and `trylast` apart; whoever is asked
    first has a name that two of them claim. A wrapper (`hookimpl(wrapper=True)`) sees what all of them gave.
    """

    @hookspec
    def selfdata_importers(self) -> Sequence[Importer]:
        """Formats of files that can be imported.

        A plugin that adds one:

            from collections.abc import Iterator, Sequence

            import pluggy

            from selfdata_sdk import Text
            from selfdata_sdk.importers import File, Importer, Item, Options, Rejection, Sample
            from selfdata_sdk.model import Record, Source, WaterReading

            hookimpl = pluggy.HookimplMarker("selfdata")


            class DialCsv:
                name = "dial-csv"
                version = "1"
                title = Text(en="Dial of a water meter", fr="Cadran d'un compteur d'eau")
                holder = "self"
                record_types: tuple[type[Record], ...] = (WaterReading,)

                def recognises(self, sample: Sample) -> bool:
                    return sample.lines[:1] == ["dial"]

                def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
                    yield Rejection("line 2", Text(en="It has no date.", fr="Elle n'a pas de date."))


            @hookimpl
            def selfdata_importers() -> Sequence[Importer]:
                return [DialCsv()]

        and in its pyproject.toml:

            [project.entry-points."selfdata.plugins"]
            dial = "dial_plugin"
        """
        raise NotImplementedError

    @hookspec
    def selfdata_record_types(self) -> Sequence[type[Record]]:
        """Record types beside those of the model.

        A plugin that adds one:

            from collections.abc import Sequence
            from decimal import Decimal
            from typing import Annotated

            import pluggy

            from selfdata_sdk import Text
            from selfdata_sdk.model import Facts, InstantRecord, Quantity, Record

            hookimpl = pluggy.HookimplMarker("selfdata")


            class RainGauge(InstantRecord):
                type = "rain.gauge/1"
                facts = Facts(
                    title=Text(en="Rain gauge", fr="Pluviomètre"),
                    description=Text(en="The rain in a garden.", fr="La pluie dans un jardin."),
                )

                litres: Annotated[Decimal, Quantity("L", 3, Text(en="Rain", fr="Pluie"))]


            @hookimpl
            def selfdata_record_types() -> Sequence[type[Record]]:
                return [RainGauge]

        and in its pyproject.toml:

            [project.entry-points."selfdata.plugins"]
            rain = "rain_plugin"
        """
        raise NotImplementedError

    @hookspec
    def selfdata_clouds(self) -> Mapping[str, Callable[[str], Cloud]]:
        """Kinds of personal clouds: for each scheme of a URL, what opens the cloud at such a URL.

        A plugin that adds one:

            from collections.abc import Callable, Mapping
            from urllib.parse import urlsplit

            import pluggy

            from selfdata_sdk.cloud import Cloud
            from selfdata_sdk.testing.clouds import FolderCloud

            hookimpl = pluggy.HookimplMarker("selfdata")


            def opened(url: str) -> Cloud:
                return FolderCloud(urlsplit(url).path)


            @hookimpl
            def selfdata_clouds() -> Mapping[str, Callable[[str], Cloud]]:
                return {"folder": opened}

        and in its pyproject.toml:

            [project.entry-points."selfdata.plugins"]
            folder = "folder_plugin"

        `selfdata_sdk.testing.cloud_tests` gives a test for each rule that a cloud keeps.
        """
        raise NotImplementedError

    @hookspec
    def selfdata_run_ended(self, run: RunReport) -> None:
        """Called after each run of a service, whether it ended well or not. `run` names no person and quotes nothing.

        A plugin that counts:

            from collections import Counter

            import pluggy

            from selfdata_sdk.host.report import RunReport

            hookimpl = pluggy.HookimplMarker("selfdata")
            outcomes: Counter[tuple[str, str]] = Counter()


            @hookimpl
            def selfdata_run_ended(run: RunReport) -> None:
                outcomes[run.service, run.outcome] += 1

        and in its pyproject.toml:

            [project.entry-points."selfdata.plugins"]
            counting = "counting_plugin"
        """
        raise NotImplementedError


HOOKS: tuple[str, ...] = tuple(name for name in vars(Hooks) if name.startswith(f"{PROJECT}_"))
