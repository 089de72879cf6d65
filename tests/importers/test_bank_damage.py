"""However a file of a bank is damaged, it is read or refused, and no entry is lost in silence."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers import Importers, Options, import_files
from selfdata_sdk.importers.report import FileReport
from selfdata_sdk.store import PersonalStore

REAL = Path(__file__).parents[1] / "files" / "bank"
FILES = [path.read_bytes() for path in sorted(REAL.iterdir())] + [
    (Path(__file__).parents[1] / "testing" / "holders" / "bank.csv").read_bytes()
]
KNOWN = Importers()
NOW = datetime.fromisoformat("2026-01-15T12:00:00+00:00")

TOKENS = [
    b"", b"<", b">", b"</", b"&#0;", b"&amp", b'"', b";", b"\n", b"\r", b"\x0c", b"\0", b"\xff", b"\xe2\x80\xa8", b"^\n",
    b"!Type:Bank\n", b"!Account\n", b"<STMTTRN>", b"</STMTTRN>", b"</BANKTRANLIST>", b"<CURDEF>X", b"[+99:X]", b"99991231",
    b"00000000", b"9999-12-31", b"31/12/9999", b"0001-01-01", b"<Ntry>", b"</Ntry>", b"<Bal>", b"9" * 30, b"1e9", b"-", b"NaN",
    b"Date;Libell\xe9;Montant\n", b"Solde au 31/12/9999 1,00\n", b"Compte;-\n", b"T1\n", b"D1/1'1\n",
]  # fmt: skip
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(TOKENS)), min_size=1, max_size=4)


def imported(store: PersonalStore, path: Path, about: str = "A1") -> FileReport:
    return import_files(store, [path], now=NOW, importers=KNOWN, options=Options(about=about)).files[0]


def edited(content: bytes, edits: list[tuple[float, int, bytes]], keep: float) -> bytes:
    """`content` with a few bytes replaced by others at some places, cut after the share `keep` of it."""
    for place, gone, put in edits:
        at = int(place * len(content))
        content = content[:at] + put + content[at + gone :]
    return content[: int(keep * len(content))]


@given(
    content=st.sampled_from(FILES),
    edits=EDITS,
    keep=st.one_of(st.just(1.0), st.floats(0, 1)),
    about=st.sampled_from(["", "A1"]),
)
def test_a_damaged_file_is_read_or_refused_and_the_same_twice(
    tmp_path_factory: pytest.TempPathFactory,
    content: bytes,
    edits: list[tuple[float, int, bytes]],
    keep: float,
    about: str,
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(edited(content, edits, keep))
    with PersonalStore(MemoryCloud()) as store:
        first, again = (imported(store, path, about) for _ in range(2))
    assert first.refused is None or isinstance(first.refused, FileRefused)
    assert first.refused or first.created or first.rejected
    assert (again.created, again.updated, again.rejected) == (0, 0, first.rejected)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("checking.ofx", rb"</?STMTTRN>"), ("checking.ofx", rb"<(DTPOSTED|TRNAMT)>"), ("checking.ofx", rb"</BANKTRANLIST>"),
        ("test.qif", rb"(?m)^\^$"), ("test.qif", rb"(?m)^[DT](?=.*\d)"), ("bank.csv", rb"\n(?=0)"), ("bank.csv", rb"\d;"),
    ],
)  # fmt: skip
def test_no_entry_is_lost_in_silence_with_what_sets_it_apart(tmp_path: Path, name: str, part: bytes) -> None:
    """Each mark at which an entry or one of its fields begins or ends is taken out in turn."""
    folder = REAL if (REAL / name).exists() else Path(__file__).parents[1] / "testing" / "holders"
    content = (folder / name).read_bytes()
    with PersonalStore(MemoryCloud()) as store:
        whole = imported(store, folder / name)
    marks = list(re.finditer(part, content))
    assert marks
    path = tmp_path / "damaged"
    for mark in marks:
        path.write_bytes(content[: mark.start()] + content[mark.end() :])
        with PersonalStore(MemoryCloud()) as store:
            found = imported(store, path)
        said = found.refused is not None or found.rejected > whole.rejected
        assert said or found.created >= whole.created, f"without {mark[0]!r} at byte {mark.start()}"
