"""For authors of clouds: the rules that every cloud keeps, each as a check, and a plain folder as a lesser cloud.

@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_my_cloud(rule, tmp_path):
    rule(Place(partial(MyCloud, tmp_path / "mine"), tmp_path))
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ..cloud import Change, Cloud, Document
from ..cloud.cloud import conflict
from ..errors import Conflict
from ..host.exclusive import exclusive

# A folder as a cloud


class FolderCloud:
    """One file per document, durable, one change after the other: what most clouds of files can do.

    `binary` may be turned off, and `after_change` is called after each document that a commit changed.
    """

    atomic = False

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        binary: bool = True,
        after_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.path = Path(path)
        self.binary = binary
        self._after_change = after_change
        self.path.mkdir(mode=0o700, exist_ok=True)

    def get(self, name: str) -> Document | None:
        with self._locked():
            return self._read(name)

    def get_many(self, names: Collection[str]) -> Mapping[str, Document]:
        return {n: d for n in names if (d := self.get(n)) is not None}

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        for change in changes:
            with self._locked():
                found = self._read(change.name)
                if (found.version if found else None) != change.expected:
                    raise Conflict(conflict(change.name))
                self._clear_partial()
                self._change(change)
            self._after_change()

    def list(self, prefix: str = "") -> Sequence[str]:
        names = (p.name[2:-4] for p in self.path.glob("d-*.doc"))
        return sorted(n for n in names if n.startswith(prefix))

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _file(self, name: str) -> Path:
        return self.path / f"d-{name}.doc"

    def _read(self, name: str) -> Document | None:
        try:
            content = self._file(name).read_bytes()
        except FileNotFoundError:
            return None
        return Document(content[16:], content[:16].decode())

    def _change(self, change: Change) -> None:
        file = self._file(change.name)
        if change.data is None:
            file.unlink(missing_ok=True)
        else:
            partial = self.path / f"{secrets.token_hex(8)}.partial"
            with partial.open("xb") as stream:
                stream.write(secrets.token_hex(8).encode() + change.data)
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(file)
        self._sync_folder()

    def _clear_partial(self) -> None:
        """Remove what writers left that were killed; under the lock nobody else is writing."""
        for file in self.path.glob("*.partial"):
            file.unlink(missing_ok=True)

    def _locked(self) -> AbstractContextManager[None]:
        return exclusive(self.path / "lock")

    def _sync_folder(self) -> None:
        if sys.platform != "win32":
            folder = os.open(self.path, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)


# The rules


@dataclass(frozen=True)
class Place:
    """Where a cloud keeps its documents, empty at first.

    open        opens the cloud there; again and again gives the same documents, in other processes too if it can
                be pickled
    folder      holds every file of the cloud, if it has files
    processes   False if other processes cannot open it, like a cloud in memory
    """

    open: Callable[[], Cloud]
    folder: Path | None = None
    processes: bool = True


Rule = Callable[[Place], None]


def makes_a_document_only_where_there_is_none(place: Place) -> None:
    with place.open() as cloud:
        assert cloud.get("a") is None, "a document that nobody made is there"
        cloud.commit([Change("a", b'"first"', None)])
        _refused(cloud, Change("a", b'"second"', None))
        assert _data(cloud, "a") == b'"first"', "a document was made over another"


def changes_only_the_version_expected(place: Place) -> None:
    with place.open() as cloud:
        cloud.commit([Change("a", b"1", None)])
        old = _version(cloud, "a")
        cloud.commit([Change("a", b"2", old)])
        _refused(cloud, Change("a", b"3", old))
        _refused(cloud, Change("a", None, old))
        _refused(cloud, Change("b", b"1", old))
        _refused(cloud, Change("b", None, old))
        assert _data(cloud, "a") == b"2", "a change of another version was made"
        assert cloud.get("b") is None, "a document was made that was expected to be there"
        cloud.commit([Change("a", None, _version(cloud, "a"))])
        assert cloud.get("a") is None, "a deleted document is still there"


def never_gives_a_version_twice(place: Place) -> None:
    with place.open() as cloud:
        seen = set()
        expected = None
        for data in (b"1", b"1", b"2", b"1", None, b"1", None, b"1"):
            cloud.commit([Change("a", data, expected)])
            expected = None if data is None else _version(cloud, "a")
            assert expected not in seen, "a version came back"
            seen.add(expected or "")


def keeps_the_bytes(place: Place) -> None:
    with place.open() as cloud:
        texts = ['"\\u0000 é 😀"', " [1,\r\n2]\n", "{}", '"' + "x" * 70_000 + '"']
        documents = [t.encode() for t in texts]
        if cloud.binary:
            documents += [b"", bytes(range(256)) * 3, b"\r\n\x00\x1a\xff", b"\x80"]
        for number, data in enumerate(documents):
            cloud.commit([Change(f"n{number}", data, None)])
        for number, data in enumerate(documents):
            assert _data(cloud, f"n{number}") == data, "a document is not what was written"
        assert all(d.data == documents[int(n[1:])] for n, d in cloud.get_many(cloud.list()).items())


def keeps_names_apart(place: Place) -> None:
    names = ["a", "a.", "a.b", "a-b", "a_b", "ab", "con", "0", "x" * 200, "x" * 199 + "y", "page.water.use-1.2024-01"]
    with place.open() as cloud:
        for name in names:
            cloud.commit([Change(name, f'"{name}"'.encode(), None)])
        found = cloud.get_many([*names, "absent"])
        assert {n: d.data for n, d in found.items()} == {n: f'"{n}"'.encode() for n in names}, "names were mixed up"
        assert cloud.get_many([]) == {}, "nothing was asked for"


def lists_the_names_that_start_so(place: Place) -> None:
    names = ["page.b", "page.a", "pagexa", "page_a", "history.a", "page"]
    with place.open() as cloud:
        cloud.commit([Change(n, b"1", None) for n in [*names, "page.gone"]])
        cloud.commit([Change("page.gone", None, _version(cloud, "page.gone"))])
        assert list(cloud.list()) == sorted(names), "not all names, once each and in order"
        assert list(cloud.list("page.")) == ["page.a", "page.b"], "not the names that start with the prefix"
        assert list(cloud.list("page_")) == ["page_a"], "not the names that start with the prefix"
        assert list(cloud.list("%")) == [], "not the names that start with the prefix"


def holds_five_megabytes(place: Place) -> None:
    data = b'"' + os.urandom(2_500_000).hex().encode() + b'"'
    with place.open() as cloud:
        cloud.commit([Change("large", data, None)])
        assert _data(cloud, "large") == data, "a large document is not what was written"


def does_all_or_nothing_if_atomic(place: Place) -> None:
    with place.open() as cloud:
        if not cloud.atomic:
            return
        cloud.commit([Change("b", b"1", None), Change("c", b"1", None)])
        changes = [Change("a", b"2", None), Change("b", None, _version(cloud, "b")), Change("c", b"2", "another")]
        _refused(cloud, *changes)
        assert cloud.get("a") is None, "one change of a commit that was refused was made"
        assert _data(cloud, "b") == b"1", "one change of a commit that was refused was made"


def does_changes_in_order_otherwise(place: Place) -> None:
    with place.open() as cloud:
        if cloud.atomic:
            return
        changes = [Change("a", b"1", None), Change("b", b"1", "another"), Change("c", b"1", None)]
        _refused(cloud, *changes)
        assert cloud.get("c") is None, "a change was made after one that was refused"
        assert cloud.get("a") is not None, "a change before one that was refused was not made"


def keeps_everything_when_opened_again(place: Place) -> None:
    with place.open() as cloud:
        cloud.commit([Change("a", b"1", None), Change("b", b"1", None)])
        cloud.commit([Change("b", None, _version(cloud, "b"))])
        version = _version(cloud, "a")
    with place.open() as cloud:
        assert cloud.list() == ["a"], "not the documents from before"
        cloud.commit([Change("a", b"2", version)])


def lets_one_of_many_threads_win(place: Place) -> None:
    with place.open() as cloud:
        cloud.commit([Change("count", b"0", None)])
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: _count_up(cloud, 10), range(4)))
        assert _data(cloud, "count") == b"40", "a change was lost between threads"


def lets_one_of_many_processes_win(place: Place) -> None:
    if not place.processes:
        return
    with place.open() as cloud:
        cloud.commit([Change("count", b"0", None)])
        context = multiprocessing.get_context("spawn")
        workers = [context.Process(target=_count_up_there, args=(place.open, 20)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert _data(cloud, "count") == b"40", "a change was lost between processes"


def shows_no_half_document(place: Place) -> None:
    size = 200_000
    with place.open() as cloud, ThreadPoolExecutor(1) as pool:
        cloud.commit([Change("a", b"0" * size, None)])
        writer = pool.submit(_rewrite, cloud, size)
        while not writer.done():
            data = _data(cloud, "a")
            assert len(data) == size, "a document was read that is half written"
            assert len(set(data)) == 1, "a document was read that is half written"
        writer.result()


def leaves_nothing_readable_of_what_is_scrubbed(place: Place) -> None:
    if place.folder is None:
        return
    secret, also = secrets.token_hex(20).encode(), secrets.token_hex(20).encode()
    with place.open() as cloud:
        cloud.commit([Change("a", b'"%s"' % secret * 300, None), Change("b", b'"%s"' % also, None)])
        cloud.commit([Change("c", b"1" * 5000, None)])
        changes = [Change("a", b"1", _version(cloud, "a")), Change("b", None, _version(cloud, "b"))]
        assert holds(place.folder, secret), "the kit cannot look into this cloud's files"
        cloud.commit(changes, scrub=True)
        assert not holds(place.folder, secret), "a document that was replaced is still readable"
        assert not holds(place.folder, also), "a document that was deleted is still readable"


RULES: tuple[Rule, ...] = (
    makes_a_document_only_where_there_is_none,
    changes_only_the_version_expected,
    never_gives_a_version_twice,
    keeps_the_bytes,
    keeps_names_apart,
    lists_the_names_that_start_so,
    holds_five_megabytes,
    does_all_or_nothing_if_atomic,
    does_changes_in_order_otherwise,
    keeps_everything_when_opened_again,
    lets_one_of_many_threads_win,
    lets_one_of_many_processes_win,
    shows_no_half_document,
    leaves_nothing_readable_of_what_is_scrubbed,
)
"""What every cloud keeps. Each raises AssertionError with a sentence if the cloud of the place, empty so far, does not."""


def broken_rules(new_place: Callable[[], Place]) -> list[Rule]:
    """The rules that a cloud breaks; each is tried in a place of its own."""
    broken = []
    for rule in RULES:
        try:
            rule(new_place())
        except Exception:
            broken.append(rule)
    return broken


def holds(folder: Path, text: bytes) -> bool:
    """True if a file in `folder` contains `text` as it is."""
    return any(text in p.read_bytes() for p in folder.rglob("*") if p.is_file())


def _data(cloud: Cloud, name: str) -> bytes:
    document = cloud.get(name)
    assert document is not None, "a document is not there"
    return document.data


def _version(cloud: Cloud, name: str) -> str:
    document = cloud.get(name)
    assert document is not None, "a document is not there"
    return document.version


def _refused(cloud: Cloud, *changes: Change) -> None:
    try:
        cloud.commit(changes)
    except Conflict:
        return
    raise AssertionError("a change was made although its document is not at the version expected")


def _count_up(cloud: Cloud, times: int) -> None:
    done = 0
    while done < times:
        document = cloud.get("count")
        assert document is not None
        try:
            cloud.commit([Change("count", str(int(document.data) + 1).encode(), document.version)])
            done += 1
        except Conflict:
            time.sleep(secrets.randbelow(20) / 10_000)


def _count_up_there(open_cloud: Callable[[], Cloud], times: int) -> None:
    with open_cloud() as cloud:
        _count_up(cloud, times)


def _rewrite(cloud: Cloud, size: int) -> None:
    for number in range(1, 30):
        cloud.commit([Change("a", str(number % 10).encode() * size, _version(cloud, "a"))])
