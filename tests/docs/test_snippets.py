"""What pages show is run as a reader would, and what breaks is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.tools.snippets import BrokenSnippet, run, snippets

GOOD = """
# A page

```python title="hello/say.py"
print("hello")
print("7 lines, done")
```

```sh
python hello/say.py   # a comment for the reader
```

```text
hello
… lines, done
```
"""


def test_files_are_written_commands_run_and_output_compared(tmp_path: Path) -> None:
    assert run(GOOD, tmp_path) == 3
    assert (tmp_path / "hello" / "say.py").is_file()


def test_blocks_in_order_with_their_lines() -> None:
    assert [(s.kind, s.line) for s in snippets(GOOD)] == [("file", 4), ("commands", 9), ("output", 13)]


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ('print("hello")', 'print("hallo")', "“hello” is not printed"),
        ('print("7 lines, done")', "raise SystemExit(1)", "ended with 1, not 0"),
        ("python hello/say.py", "python hello/sya.py", "ended with 2, not 0"),
        ("python hello/say.py", "curl example.org", "curl is not a program"),
        ("… lines, done", "done", "“done” is not printed"),
        ("hello\n… lines, done", "… lines, done\nhello", "“hello” is not printed (there)"),
        (' title="hello/say.py"', "", "neither a file, nor commands"),
        ("```sh", "```console", "neither a file, nor commands"),
        ("hello/say.py", "../say.py", "outside of the folder"),
    ],
)
def test_a_broken_page_fails_at_its_broken_block(tmp_path: Path, good: str, bad: str, says: str) -> None:
    assert good in GOOD
    with pytest.raises(BrokenSnippet) as broken:
        run(GOOD.replace(good, bad, 1), tmp_path)
    assert says in str(broken.value)
    assert str(broken.value).startswith("line ")


EXIT = """
<!-- exits with 3 -->
```sh
python -c "raise SystemExit(3)"
```
"""


def test_an_exit_code_that_is_announced_is_expected(tmp_path: Path) -> None:
    assert run(EXIT, tmp_path) == 1
    with pytest.raises(BrokenSnippet, match="ended with 3, not 2"):
        run(EXIT.replace("exits with 3", "exits with 2"), tmp_path)
    with pytest.raises(BrokenSnippet, match="ended with 0, not 3"):
        run(EXIT.replace("SystemExit(3)", "SystemExit(0)"), tmp_path)


def test_only_what_is_marked_is_not_run(tmp_path: Path) -> None:
    shown = "<!-- not run: fails here -->\n```sh\npython -c 'raise SystemExit(1)'\n```\n"
    assert run(shown, tmp_path) == 0
    with pytest.raises(BrokenSnippet):
        run(shown.replace("not run: ", "note: "), tmp_path)
