"""The `selfdata` command. Nothing heavy is imported until a command needs it.

Exit codes: 0 done; 1 something went wrong; 2 wrong use, or a file was refused; 3 not possible on this machine;
4 you have not agreed to it; 130 interrupted; 141 the reader of the output went away.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == ["--version"]:
        from .._version import __version__

        print(f"selfdata {__version__}")
        return 0
    import gc
    import os

    # Pydantic would ask every installed distribution for plugins, and run them: time, and code that nobody asked for.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from .program import run

    if arguments is None:
        # A command imports much and makes little garbage: looking for it ten times as rarely saves some 30 ms,
        # and not looking once more when the process ends another 50 ms.
        gc.set_threshold(20_000, 20, 20)
    code = run(words)
    if arguments is None:
        gc.freeze()
    return code
