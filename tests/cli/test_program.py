"""The frame of the command line: start-up, languages, errors and exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.cli.program import COMMANDS, program
from selfdata_sdk.cli.terminal import console, plain

Selfdata = Callable[..., Any]


def python(code: str, *, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env={**os.environ, **(env or {})}, check=False
    )


def imported(words: list[str]) -> set[str]:
    """The packages that a command line has imported when it ends."""
    code = f"import sys; from selfdata_sdk.cli import main; main({words!r}); print('\\n@', *sys.modules)"
    done = python(code)
    return {name.partition(".")[0] for name in done.stdout.decode().rpartition("\n@ ")[2].split()}


def test_version_needs_nothing_but_itself() -> None:
    assert not imported(["--version"]) & {"click", "rich", "numpy", "pydantic", "babel", "pluggy"}


def test_help_needs_neither_numpy_nor_pydantic_nor_rich() -> None:
    found = imported(["--help"])
    assert "click" in found
    assert not found & {"numpy", "pydantic", "rich", "babel", "pluggy", "jinja2"}


def test_help_of_a_command_needs_neither_numpy_nor_pydantic() -> None:
    for name in COMMANDS:
        assert not imported([name, "--help"]) & {"numpy", "pydantic"}, name


def test_version_says_the_same_in_both_ways(selfdata: Selfdata) -> None:
    assert selfdata("--version").out == selfdata("--lang", "fr", "--version").out


def test_every_command_in_the_list_is_there_and_says_what_it_does_in_both_languages() -> None:
    context = program.make_context("selfdata", [], resilient_parsing=True)
    for name, (_, words) in COMMANDS.items():
        command = program.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert words.en != words.fr
        assert command.words.en != command.words.fr  # type: ignore[attr-defined]


def test_every_option_has_its_help_in_both_languages() -> None:
    context = program.make_context("selfdata", [], resilient_parsing=True)
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            if parameter.param_type_name == "option":
                words = parameter.words  # type: ignore[attr-defined]
                assert words.en, (name, parameter.name)
                assert words.fr, (name, parameter.name)
                assert words.fr != words.en, (name, parameter.name)


def test_help_speaks_french_when_asked(selfdata: Selfdata) -> None:
    assert "Importer les fichiers" in selfdata("--lang", "fr", "--help").out
    assert "Annuler le dernier import" in selfdata("import", "--lang", "fr", "--help").out
    assert "Take back the last import" in selfdata("import", "--help").out


@pytest.mark.parametrize(("variable", "value", "french"), [("LANG", "fr_CA.UTF-8", True), ("LC_ALL", "de_DE", False)])
def test_the_language_is_the_systems(
    selfdata: Selfdata, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, french: bool
) -> None:
    monkeypatch.setenv(variable, value)
    assert ("Il n'y a encore rien ici" in selfdata("show").out) is french


def test_without_a_command_the_help_is_shown(selfdata: Selfdata) -> None:
    done = selfdata()
    assert (done.code, done.err) == (0, "")
    assert "selfdata demo" in done.out


def test_an_unknown_command_is_wrong_use_and_suggests(selfdata: Selfdata) -> None:
    done = selfdata("improt")
    assert done.code == 2
    assert "Did you mean import" in done.err
    assert done.out == ""


def test_an_unknown_command_that_resembles_none_points_to_the_list(selfdata: Selfdata) -> None:
    assert "selfdata --help" in selfdata("qqqq").err


def test_an_unknown_option_is_wrong_use(selfdata: Selfdata) -> None:
    done = selfdata("show", "--jsn")
    assert done.code == 2
    assert "--json" in done.err
    assert "Traceback" not in done.err


def test_an_error_says_what_where_and_next_without_a_traceback(selfdata: Selfdata, tmp_path: Path) -> None:
    missing = tmp_path / "no such file.csv"
    done = selfdata("import", missing)
    assert done.code == 2
    assert "no such file.csv" in done.err
    assert "  -> " in done.err
    assert "Traceback" not in done.err


def test_debug_shows_the_traceback(selfdata: Selfdata, tmp_path: Path) -> None:
    assert "Traceback" in selfdata("--debug", "import", tmp_path).err
    assert "Traceback" not in selfdata("import", tmp_path).err


def test_what_nobody_expected_is_an_error_without_its_message(
    selfdata: Selfdata, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a secret of the person")

    monkeypatch.setattr("selfdata_sdk.model.schema.schema", broken)
    done = selfdata("schema", "water.use")
    assert done.code == 1
    assert "KeyError" in done.err
    assert "secret" not in done.err
    assert "--debug" in done.err


def test_a_package_that_is_missing_is_not_possible_here(selfdata: Selfdata, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'pyarrow'", name="pyarrow")

    monkeypatch.setattr("selfdata_sdk.model.schema.schema", missing)
    done = selfdata("schema", "water.use")
    assert done.code == 3
    assert "pip install pyarrow" in done.err


def test_an_interruption_is_said_in_one_line(selfdata: Selfdata, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("selfdata_sdk.model.schema.schema", interrupted)
    done = selfdata("schema", "water.use")
    assert done.code == 130
    assert done.err.strip().count("\n") == 0


def test_the_home_is_the_one_that_is_named_before_or_after_the_command(selfdata: Selfdata, tmp_path: Path) -> None:
    for words in (["--home", tmp_path / "a", "add"], ["add", "--home", tmp_path / "b"]):
        assert selfdata(*words, "home.household", "--set", "occupants=2").code == 0
    assert (tmp_path / "a" / "cloud.sqlite").is_file()
    assert (tmp_path / "b" / "cloud.sqlite").is_file()


def test_a_home_that_is_a_file_is_refused(selfdata: Selfdata, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert selfdata("--home", tmp_path / "file", "show").code == 2


def test_a_closed_pipe_ends_quietly() -> None:
    code = (
        "import os, sys\n"
        "read, write = os.pipe(); os.close(read); os.dup2(write, 1)\n"
        "from selfdata_sdk.cli import main\n"
        "sys.exit(main(['schema', 'water.use']))\n"
    )
    done = python(code)
    assert done.returncode == 141
    assert done.stderr == b""


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-8"])
def test_no_console_encoding_makes_printing_fail(tmp_path: Path, encoding: str, water: Path) -> None:
    env = {"PYTHONIOENCODING": encoding, "SELFDATA_HOME": str(tmp_path), "COLUMNS": "60"}
    file = str(water / "historique_jours_litres.csv")
    code = f"import sys; from selfdata_sdk.cli import main; sys.exit(main(['--lang', 'fr', 'import', {file!r}]) or main(['show', 'water.use', '--lang', 'fr']))"
    done = python(code, env=env)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode(encoding)
    assert ("█" in text) is (encoding == "utf-8")
    assert "1 file" not in text


def test_completion_is_offered_for_each_shell(selfdata: Selfdata) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_SELFDATA_COMPLETE" in selfdata("completion", shell).out
    assert selfdata("completion", "tcsh").code == 2


def test_the_tab_key_completes_commands_and_record_types() -> None:
    for words, cword, wanted in (("selfdata im", "1", "import"), ("selfdata show water", "2", "water.use")):
        done = python(
            "from selfdata_sdk.cli import main; main([])",
            env={"_SELFDATA_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": cword},
        )
        assert wanted in done.stdout.decode()


def test_lines_do_not_break_at_no_break_spaces(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    console().print(plain("Votre objectif est\u00a0: 1\u202f200\u00a0L"))
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [
        "Votre objectif est\u00a0:",
        "1\u202f200\u00a0L",
    ]
