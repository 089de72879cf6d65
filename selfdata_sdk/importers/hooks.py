"""The hook by which a plugin adds importers."""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from .importer import Importer

PROJECT = "selfdata"
"""pluggy's name for the host; plugins mark their functions with `pluggy.HookimplMarker("selfdata")`."""

ENTRY_POINTS = "selfdata.plugins"
"""The entry-point group whose plugins are trusted and loaded, one by one."""

hookspec = pluggy.HookspecMarker(PROJECT)


class ImporterHooks:
    """What a trusted plugin may add to the importers."""

    @hookspec
    def selfdata_importers(self) -> Sequence[Importer]:
        """The importers that the plugin brings.

        Example:

            import pluggy

            hookimpl = pluggy.HookimplMarker("selfdata")

            @hookimpl
            def selfdata_importers():
                return [MyUtilityCsv()]

        with, in its pyproject.toml:

            [project.entry-points."selfdata.plugins"]
            my-utility = "my_utility.importers"

        A plugin that raises here, or gives something that is no importer or a name that is taken, is named in the
        report of faults and left out.
        """
        raise NotImplementedError
