"""The sandbox: walls around the code of services that nobody has to trust."""

from .limits import Limits
from .sandbox import Sandbox, SandboxEngine
from .walls import WALLS, Mode

__all__ = ["WALLS", "Limits", "Mode", "Sandbox", "SandboxEngine"]
