"""The git program, where there is one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def git(*words: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[bytes] | None:
    """Run git in `folder`; None if there is no git."""
    program = shutil.which("git")
    # Windows looks for programs in the working folder first: somebody else's project could bring its own.
    if program is None or Path(program).resolve().parent == Path.cwd():
        return None
    return subprocess.run([program, *words], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def output(*words: str | Path, folder: Path | None = None) -> str:
    """What git prints; nothing if it fails or there is no git."""
    done = git(*words, folder=folder)
    return done.stdout.decode("utf-8", "replace").strip() if done and done.returncode == 0 else ""
