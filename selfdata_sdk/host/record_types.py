"""The record types that a host knows, of which those of plugins are loaded when one of them is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..errors import RequestError
from ..model import REGISTRY, Record, Registry


def _of_plugins() -> Registry:
    from .plugins import Plugins

    return Plugins.load().registry


class RecordTypes(Registry):
    """The record types of the model, and those of plugins from when a name is asked for that the model has not."""

    def __init__(self, more: Callable[[], Registry] = _of_plugins) -> None:
        super().__init__(tuple(REGISTRY))
        self._more: Callable[[], Registry] | None = more

    def __iter__(self) -> Iterator[type[Record]]:
        self._load()
        return super().__iter__()

    def __contains__(self, name: str) -> bool:
        return super().__contains__(name) or (self._load() and super().__contains__(name))

    def get(self, name: str) -> type[Record]:
        try:
            return super().get(name)
        except RequestError:
            if not self._load():
                raise
            return super().get(name)

    def _load(self) -> bool:
        """Load what plugins have; False if that was done before."""
        more, self._more = self._more, None
        for record_type in more() if more else ():
            self.add(record_type)
        return more is not None
