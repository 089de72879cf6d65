"""The `selfdata` command. Nothing heavy is imported until a command needs it.

Exit codes: 0 done; 1 something went wrong; 2 wrong use, or a file was refused; 3 not possible on this machine;
130 interrupted; 141 the reader of the output went away.
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
    from .program import run

    code = run(words)
    if arguments is None:
        import gc

        # The process ends here, and Python would look for garbage once more: 50 ms after a command that imported much.
        gc.freeze()
    return code
