"""`selfdata import --mapping` and `--explain`: what a person sees before anything is written, and after."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.host.home import KEEPER, PEOPLE

Selfdata = Callable[..., Any]
MAPPING = """
record = "water.use"
holder = "Notebook"
[csv]
[time]
column = "Jour"
format = "DD/MM/YYYY"
stamp = "start"
step = "P1D"
[fields.litres]
column = "Eau (m3)"
unit = "m3"
"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "notebook.csv"
    path.write_text("Jour;Eau (m3);Note\n01/03/2025;0,412;x\n02/03/2025;0,300;y\n03/03/2025;?;z\n", encoding="utf-8")
    return path


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "map.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def test_an_unknown_table_is_explained_by_a_mapping_that_imports_it_once_saved(
    selfdata: Selfdata, home: Path, notebook: Path, tmp_path: Path
) -> None:
    told = selfdata("import", notebook, "--explain")
    assert told.code == 2
    assert not home.exists()
    saved = tmp_path / "suggested.toml"
    saved.write_text(told.out[told.out.index("record =") :], encoding="utf-8")
    assert selfdata("import", notebook, "--mapping", saved).code == 0
    assert "2" in selfdata("show").out


def test_what_is_explained_is_not_written(selfdata: Selfdata, home: Path, notebook: Path, mapping: Path) -> None:
    told = selfdata("import", notebook, "--mapping", mapping, "--explain")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "notebook.csv: File read by a mapping (mapping), Notebook",
        "  Jour [01/03/2025] → start (the start of the interval)",
        "  Eau (m3) [0,412] → litres (multiplied by 1,000)",
        "  Note [x] → not seen to be used",
        "  Water use (water.use/1, P1D, Europe/Paris): 2",
        "    start (Start): 2025-03-01 00:00:00+01:00",
        "    end (End): 2025-03-02 00:00:00+01:00",
        "    litres (Water used): 412 L",
        "  Good: 2. Not kept: 1.",
        "    line 4: Its value is not a number.",
        "  Nothing was written.",
    ]
    assert not home.exists()


def test_it_speaks_french_and_json(selfdata: Selfdata, notebook: Path, mapping: Path) -> None:
    words = selfdata("--lang", "fr", "import", notebook, "--mapping", mapping, "--explain").out
    assert "Jour [01/03/2025] → start (le début de l'intervalle)" in words
    assert "ligne 4\u00a0: Sa valeur n'est pas un nombre." in words
    (file,) = json.loads(selfdata("import", notebook, "--mapping", mapping, "--explain", "--json").out)["files"]
    assert (file["format"], file["good"], file["rejected"]) == ("mapping", 2, 1)


def test_the_same_mapping_twice_changes_nothing(selfdata: Selfdata, notebook: Path, mapping: Path) -> None:
    first, again = (
        json.loads(selfdata("import", notebook, "--mapping", mapping, "--json").out)["files"][0] for _ in range(2)
    )
    assert (first["created"], again["created"], again["unchanged"]) == (2, 0, 2)


def test_a_mistake_in_the_mapping_is_told_with_its_place(selfdata: Selfdata, notebook: Path, mapping: Path) -> None:
    mapping.write_text(MAPPING.replace('"m3"', '"pint"'), encoding="utf-8")
    told = selfdata("import", notebook, "--mapping", mapping)
    assert told.code != 0
    assert "map.toml, line 12, fields.litres.unit" in told.err
    assert "Write one of L, " in told.err


def test_a_mapping_and_a_format_are_not_named_together(selfdata: Selfdata, notebook: Path, mapping: Path) -> None:
    assert "--mapping" in selfdata("import", notebook, "--mapping", mapping, "--format", "qif").err


def test_terminal_marks_in_a_file_are_not_carried_out(selfdata: Selfdata, tmp_path: Path, mapping: Path) -> None:
    path = tmp_path / "evil.csv"
    path.write_text("Jour;Eau (m3);Note\x1b[31m\n01/03/2025;1;\x1b]0;x\x07\n", encoding="utf-8")
    assert "\x1b" not in selfdata("import", path, "--mapping", mapping, "--explain").out


def test_a_host_of_several_persons_reads_no_mapping(
    selfdata: Selfdata, notebook: Path, mapping: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / KEEPER).touch()
    monkeypatch.setenv("SELFDATA_HOME", str(tmp_path / PEOPLE / "ab" / "abc"))
    told = selfdata("--lang", "fr", "import", notebook, "--mapping", mapping, "--explain")
    assert told.code != 0
    assert "Importez-le chez vous" in told.err
