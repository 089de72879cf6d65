"""What authors of services import, and the manifest.

`selfdata_sdk.service` is this package and also the decorator: Python binds a package's name in its parent when
it is imported, whatever the parent says, so the module itself can be called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Decorator(ModuleType):
    def __call__(self, **declaration: Any) -> Any:
        from .service import service

        return service(**declaration)


sys.modules[__name__].__class__ = _Decorator
