"""The sandbox: walls around the code of services that nobody has to trust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .limits import Limits
from .walls import WALLS, Mode

if TYPE_CHECKING:
    from .sandbox import Sandbox, SandboxEngine

__all__ = ["WALLS", "Limits", "Mode", "Sandbox", "SandboxEngine"]


def __getattr__(name: str) -> object:
    """The rest when it is asked for: a zygote is started before all that a host needs is loaded."""
    if name not in ("Sandbox", "SandboxEngine"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import sandbox

    return getattr(sandbox, name)
