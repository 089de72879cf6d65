"""The commands and files of the tutorial and the how-tos do what the pages say."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.tools.snippets import BrokenSnippet, run

PAGES = {
    "hackathon.md": 16,
    "tutorial/first-service.md": 16,
    "tutorial/own-records.md": 14,
    "how-to/import.md": 8,
    "how-to/import-anything.md": 17,
    "how-to/import-bills-and-receipts.md": 14,
    "how-to/import-water.md": 12,
    "how-to/import-electricity.md": 14,
    "how-to/import-gas.md": 4,
    "how-to/install.md": 1,
    "how-to/see-and-run.md": 8,
    "how-to/consent.md": 25,
    "how-to/keep-and-erase.md": 10,
    "how-to/install-services.md": 12,
    "how-to/run-for-many.md": 8,
    "how-to/host.md": 23,
    "how-to/write-an-importer.md": 6,
    "how-to/write-a-plugin.md": 12,
}
"""Blocks that are run, so that none is lost unseen."""


@pytest.mark.parametrize("name", PAGES)
def test_a_reader_who_follows_the_page_gets_what_it_says(docs: Path, reader: Path, name: str) -> None:
    page = (docs / name).read_text("utf-8")
    assert run(page, reader, {"SELFDATA_HOME": str(reader / "home")}) == PAGES[name]


def test_every_page_with_commands_is_run_or_runs_none_of_selfdata(docs: Path) -> None:
    for pages in (docs.glob("*.md"), docs.glob("tutorial/*.md"), docs.glob("how-to/*.md")):
        for page in pages:
            name = page.relative_to(docs).as_posix()
            assert name in PAGES or "\nselfdata " not in page.read_text("utf-8"), name


def test_a_page_that_promises_other_counts_fails(docs: Path, reader: Path) -> None:
    page = (docs / "how-to/import-gas.md").read_text("utf-8")
    with pytest.raises(BrokenSnippet):
        run(page.replace("721 new", "722 new"), reader, {"SELFDATA_HOME": str(reader / "home")})
