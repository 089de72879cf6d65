"""An update brings what the template changed, and keeps what the author did."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfdata_sdk.errors import RequestError
from selfdata_sdk.scaffold.project import create
from selfdata_sdk.scaffold.record import FILE
from selfdata_sdk.scaffold.template import Template
from selfdata_sdk.scaffold.update import Update, update

from .conftest import PACKAGE, MakeTemplate

LINES = [f"line {n}\n" for n in range(40)]


def text(**changed: str) -> str:
    """Forty lines, some of them others: `at20="…"`."""
    return "".join(changed.get(f"at{n}", line) for n, line in enumerate(LINES))


BEFORE = {"CODE": text(), "GONE": "gone\n", "STAYS": "stays\n", f"{PACKAGE}/manifest.json": '{"v":1}'}
AFTER = {
    "CODE": text(at20="line twenty\n"),
    "STAYS": "stays\n",
    "deep/er/NEW": "for {{ cookiecutter.name }}\n",
    f"{PACKAGE}/manifest.json": '{"v":2}',
}


def held(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and ".git/" not in p.as_posix()
    }


def what(done: Update) -> dict[str, str]:
    return {change.name: change.what for change in done.changes}


@pytest.fixture
def grown(tmp_path: Path, make_template: MakeTemplate) -> tuple[Path, Template]:
    """A project of version 1, and version 2 of its template."""
    project = tmp_path / "water-week"
    create(make_template(1, **BEFORE).render({"name": "Water week", "author": "Zoé"}), project)
    return project, make_template(2, **AFTER)


Grown = tuple[Path, Template]


def test_an_untouched_project_becomes_what_the_template_makes_now_of_its_answers(grown: Grown) -> None:
    project, today = grown
    done = update(project, today)
    assert held(project) == today.render({"name": "Water week", "author": "Zoé"})
    assert (done.before, done.after, done.open) == (1, 2, False)
    assert what(done) == {
        "CODE": "replaced",
        "GONE": "removed",
        "deep/er/NEW": "added",
        "water_week/manifest.json": "replaced",
        FILE: "replaced",
    }


def test_a_second_update_changes_nothing(grown: Grown) -> None:
    project, today = grown
    update(project, today)
    before = {name: (project / name).stat().st_mtime_ns for name in held(project)}
    assert update(project, today) == Update(2, 2)
    assert {name: (project / name).stat().st_mtime_ns for name in held(project)} == before


def test_both_changes_of_a_file_are_merged(grown: Grown) -> None:
    project, today = grown
    (project / "CODE").write_bytes(text(at3="mine\n").encode())
    done = update(project, today)
    assert (project / "CODE").read_text(encoding="utf-8") == text(at3="mine\n", at20="line twenty\n")
    assert what(done)["CODE"] == "merged"
    assert not done.open


def test_changes_of_the_same_lines_are_marked_and_left_to_the_author(grown: Grown) -> None:
    project, today = grown
    (project / "CODE").write_bytes(text(at20="mine\n").encode())
    done = update(project, today)
    left = (project / "CODE").read_text(encoding="utf-8")
    assert "<<<<<<< yours\nmine\n" in left
    assert "line twenty\n>>>>>>> template 2\n" in left
    assert done.open
    assert update(project, today) == Update(2, 2)
    assert (project / "CODE").read_text(encoding="utf-8") == left


def test_what_only_the_author_changed_or_added_stays(grown: Grown) -> None:
    project, today = grown
    (project / "STAYS").write_bytes(b"mine\n")
    (project / "MINE").write_bytes(b"mine\n")
    done = update(project, today)
    assert (project / "STAYS").read_bytes() == (project / "MINE").read_bytes() == b"mine\n"
    assert not {"STAYS", "MINE"} & what(done).keys()


def test_what_the_author_removed_stays_removed(grown: Grown) -> None:
    project, today = grown
    for name in ("CODE", "STAYS", "GONE"):
        (project / name).unlink()
    done = update(project, today)
    assert not any((project / name).exists() for name in ("CODE", "STAYS", "GONE"))
    assert what(done)["CODE"] == "kept"


def test_what_the_template_gave_up_stays_if_the_author_changed_it(grown: Grown) -> None:
    project, today = grown
    (project / "GONE").write_bytes(b"mine\n")
    assert what(update(project, today))["GONE"] == "kept"
    assert (project / "GONE").read_bytes() == b"mine\n"


def test_a_file_that_both_added_is_a_conflict_unless_it_is_the_same(grown: Grown) -> None:
    project, today = grown
    (project / "deep" / "er").mkdir(parents=True)
    (project / "deep" / "er" / "NEW").write_bytes(b"mine\n")
    done = update(project, today)
    assert what(done)["deep/er/NEW"] == "conflict"
    assert b"mine\n" in (project / "deep" / "er" / "NEW").read_bytes()


def test_a_manifest_that_follows_the_authors_code_stays(grown: Grown) -> None:
    """It is derived: it cannot be merged, and `selfdata manifest --write` makes it anew."""
    project, today = grown
    (project / "water_week" / "manifest.json").write_bytes(b'{"v":"mine"}')
    done = update(project, today)
    assert what(done)["water_week/manifest.json"] == "kept"
    assert (project / "water_week" / "manifest.json").read_bytes() == b'{"v":"mine"}'
    assert not done.open


def test_a_folder_that_becomes_empty_goes(tmp_path: Path, make_template: MakeTemplate) -> None:
    project = tmp_path / "water-week"
    create(make_template(1, **{"old/er/x": "x", "old/y": "y"}).render({}), project)
    (project / "old" / "mine").write_bytes(b"mine")
    update(project, make_template(2))
    assert sorted(p.name for p in (project / "old").iterdir()) == ["mine"]


def test_windows_line_ends_are_no_change_and_stay(grown: Grown) -> None:
    project, today = grown
    (project / "CODE").write_bytes(text(at3="mine\n").replace("\n", "\r\n").encode())
    done = update(project, today)
    assert what(done)["CODE"] == "merged"
    assert (project / "CODE").read_bytes() == text(at3="mine\n", at20="line twenty\n").replace("\n", "\r\n").encode()


def test_the_mode_of_a_file_stays(grown: Grown) -> None:
    project, today = grown
    (project / "CODE").chmod(0o744)
    mode = (project / "CODE").stat().st_mode
    update(project, today)
    assert (project / "CODE").stat().st_mode == mode


def test_without_git_the_templates_file_lies_beside(grown: Grown, monkeypatch: pytest.MonkeyPatch) -> None:
    project, today = grown
    (project / "CODE").write_bytes(text(at3="mine\n").encode())
    monkeypatch.setattr("shutil.which", lambda name: None)
    done = update(project, today)
    assert (project / "CODE").read_text(encoding="utf-8") == text(at3="mine\n")
    assert (project / "CODE.new").read_text(encoding="utf-8") == AFTER["CODE"]
    assert what(done)["CODE.new"] == "beside"
    assert done.open


def test_a_file_of_that_name_is_not_overwritten(grown: Grown, monkeypatch: pytest.MonkeyPatch) -> None:
    project, today = grown
    (project / "CODE").write_bytes(text(at3="mine\n").encode())
    (project / "CODE.new").write_bytes(b"mine, too\n")
    before = held(project)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(RequestError, match="in the way"):
        update(project, today)
    assert held(project) == before


def link_of_a_file(project: Path, outside: Path) -> None:
    (outside / "CODE").write_text(text())
    (project / "CODE").unlink()
    (project / "CODE").symlink_to(outside / "CODE")


def link_of_a_folder(project: Path, outside: Path) -> None:
    (project / "deep").symlink_to(outside, target_is_directory=True)


def link_to_nowhere(project: Path, outside: Path) -> None:
    (project / "CODE").unlink()
    (project / "CODE").symlink_to(outside / "later")


def folder_for_a_file(project: Path, outside: Path) -> None:
    (project / "CODE").unlink()
    (project / "CODE").mkdir()


def file_for_a_folder(project: Path, outside: Path) -> None:
    (project / "deep").write_text("mine")


@pytest.mark.parametrize(
    "prepare", [link_of_a_file, link_of_a_folder, link_to_nowhere, folder_for_a_file, file_for_a_folder]
)
def test_nothing_is_written_where_a_link_or_a_folder_stands(
    grown: Grown, tmp_path: Path, prepare: Callable[[Path, Path], None]
) -> None:
    project, today = grown
    outside = tmp_path / "outside"
    outside.mkdir()
    prepare(project, outside)
    before = held(project), held(outside)
    with pytest.raises(RequestError, match="no file of the project"):
        update(project, today)
    assert (held(project), held(outside)) == before


def test_a_project_reached_through_a_link_is_updated(grown: Grown, tmp_path: Path) -> None:
    project, today = grown
    (tmp_path / "short").symlink_to(project, target_is_directory=True)
    assert not update(tmp_path / "short", today).open
    assert (project / "CODE").read_text(encoding="utf-8") == AFTER["CODE"]


def test_a_package_with_another_name_is_refused(grown: Grown) -> None:
    project, today = grown
    (project / "water_week").rename(project / "my_water")
    before = held(project)
    with pytest.raises(RequestError, match="cannot follow a new name"):
        update(project, today)
    assert held(project) == before


def test_changes_that_are_not_committed_are_refused_unless_forced(
    grown: Grown, git_work_tree: Callable[[Path], None]
) -> None:
    project, today = grown
    git_work_tree(project)
    (project / "CODE").write_bytes(text(at3="mine\n").encode())
    before = held(project)
    with pytest.raises(RequestError, match="not committed"):
        update(project, today)
    assert held(project) == before
    assert what(update(project, today, force=True))["CODE"] == "merged"


def test_changes_elsewhere_in_the_work_tree_do_not_matter(
    grown: Grown, tmp_path: Path, git_work_tree: Callable[[Path], None]
) -> None:
    project, today = grown
    git_work_tree(tmp_path)
    (tmp_path / "elsewhere").write_text("new")
    assert not update(project, today).open


def test_a_committed_project_is_updated(grown: Grown, git_work_tree: Callable[[Path], None]) -> None:
    project, today = grown
    git_work_tree(project)
    assert not update(project, today).open


def test_what_cannot_be_written_leaves_all_as_it_was_or_can_be_done_again(
    grown: Grown, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, today = grown
    (project / "CODE").write_bytes(text(at3="mine\n").encode())
    replace = os.replace

    def refuse(source: Path, target: Path) -> None:
        if target.name == "NEW":
            raise PermissionError(13, "Permission denied")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(RequestError, match=r"cannot be written \(Permission denied\)"):
            update(project, today)
    assert not [p for p in project.iterdir() if p.name.startswith(".update-")]
    assert not update(project, today).open
    assert (project / "CODE").read_text(encoding="utf-8") == text(at3="mine\n", at20="line twenty\n")


def test_several_versions_are_passed_at_once(grown: Grown, make_template: MakeTemplate) -> None:
    project, _ = grown
    (project / "CODE").write_bytes(text(at3="mine\n").encode())
    today = make_template(3, **{**AFTER, "CODE": text(at20="line twenty\n", at30="line thirty\n")})
    assert update(project, today).before == 1
    assert (project / "CODE").read_text(encoding="utf-8") == text(
        at3="mine\n", at20="line twenty\n", at30="line thirty\n"
    )


OWN = st.text(st.sampled_from("abc <>=|é\t"), min_size=1, max_size=12).map(lambda t: f"own {t}\n")
EDITS = st.dictionaries(
    st.integers(0, len(LINES)).filter(lambda n: not 17 <= n <= 24), st.lists(OWN, min_size=1, max_size=3), max_size=8
)
"""Lines put before others, at some distance from those that the template changes."""


@given(added=EDITS, removed=st.sets(st.integers(0, len(LINES) - 1).filter(lambda n: not 17 <= n <= 24), max_size=8))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_author_does_elsewhere_in_a_file_stays(
    grown: Grown, added: dict[int, list[str]], removed: set[int]
) -> None:
    project, today = grown

    def edited(twenty: str) -> Iterator[str]:
        for n, line in enumerate([*LINES, ""]):
            yield from added.get(n, ())
            if n not in removed:
                yield twenty if n == 20 else line

    with TemporaryDirectory() as place:
        own = Path(place, "project")
        shutil.copytree(project, own)
        (own / "CODE").write_bytes("".join(edited(LINES[20])).encode())
        done = update(own, today)
        assert (own / "CODE").read_bytes().decode() == "".join(edited("line twenty\n"))
        assert not done.open
