"""Write the reference pages from the code: `python docs/generate.py`.

The pages are committed, so that a change of the contract is seen in review; a test fails when they are stale.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from docs.tools.blocks import blocks_page  # noqa: E402
from docs.tools.cli import cli_page  # noqa: E402
from docs.tools.domains import domains_page  # noqa: E402
from docs.tools.errors import errors_page  # noqa: E402
from docs.tools.hooks import hooks_page  # noqa: E402
from docs.tools.host import host_page  # noqa: E402
from docs.tools.importers import importers_page  # noqa: E402
from docs.tools.manifest import manifest_page  # noqa: E402
from docs.tools.model import model_page  # noqa: E402
from docs.tools.personas import PLOTS, personas_page  # noqa: E402
from docs.tools.rules import rules_page  # noqa: E402
from docs.tools.service import service_page  # noqa: E402

PAGES: dict[str, Callable[[], str]] = {
    "reference/model.md": model_page,
    "reference/service.md": service_page,
    "reference/blocks.md": blocks_page,
    "reference/manifest.md": manifest_page,
    "reference/rules.md": rules_page,
    "reference/cli.md": cli_page,
    "reference/importers.md": importers_page,
    "reference/domains.md": domains_page,
    "reference/hooks.md": hooks_page,
    "reference/host.md": host_page,
    "reference/errors.md": errors_page,
    "explanation/personas.md": personas_page,
    **PLOTS,
}


def stale(docs: Path = DOCS) -> list[str]:
    """The pages that are not what the code says now."""
    return [
        name
        for name, make in PAGES.items()
        if not (docs / name).is_file() or (docs / name).read_text("utf-8") != make()
    ]


def write(docs: Path = DOCS) -> list[str]:
    """Write the pages that are stale; returns their names."""
    changed = stale(docs)
    for name in changed:
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(PAGES[name](), encoding="utf-8", newline="\n")
    return changed


if __name__ == "__main__":
    os.environ["COLUMNS"] = "100"
    for written in write():
        print(f"docs/{written}")
