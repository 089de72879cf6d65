"""For authors of clouds: the rules that every cloud keeps, each as a check, and a plain folder as a lesser cloud.

TestMyCloud = cloud_tests(make_cloud)
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import secrets
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from ..cloud import Change, Cloud, Document
from ..cloud.cloud import conflict
from ..errors import Conflict
from ..host.exclusive import exclusive
from .rule import Broken, CannotTell, Rule, expect, rule_of, tests_of


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


RULES: list[Rule[Place]] = []
"""What every cloud keeps. Each is checked in a place of its own."""


def cloud_tests(make_cloud: Callable[[Path], Cloud], *, processes: bool = True) -> type:
    """A class of tests for pytest, one for each rule: `TestMyCloud = cloud_tests(make_cloud)`.

    make_cloud  opens the cloud of a folder: of a new folder an empty cloud, and of the same folder the same
                documents, in other processes too. A cloud that has no files takes the folder as the name of a place.
    processes   False if other processes cannot open it, like a cloud in memory
    """
    return tests_of("TestCloud", RULES, lambda folder: Place(partial(make_cloud, folder), folder, processes))


@rule_of(RULES, "Look and write in one step that nobody can come between: INSERT without OR REPLACE, If-None-Match: *.")
def makes_a_document_only_where_there_is_none(place: Place) -> None:
    """A document is made only where there is none."""
    with place.open() as cloud:
        expect(cloud.get("a") is None, "A document that nobody made is there.")
        cloud.commit([Change("a", b'"first"', None)])
        _expect_conflict(cloud, Change("a", b'"second"', None))
        expect(_data(cloud, "a") == b'"first"', "A document was made over another.")


@rule_of(
    RULES,
    "Compare the version in the step that writes, for puts and for deletes: UPDATE … WHERE version = ?, If-Match.",
)
def changes_only_the_version_expected(place: Place) -> None:
    """A document is replaced or deleted only at the version that is expected; otherwise it is a Conflict."""
    with place.open() as cloud:
        cloud.commit([Change("a", b"1", None)])
        old = _version(cloud, "a")
        cloud.commit([Change("a", b"2", old)])
        _expect_conflict(cloud, Change("a", b"3", old))
        _expect_conflict(cloud, Change("a", None, old))
        _expect_conflict(cloud, Change("b", b"1", old))
        _expect_conflict(cloud, Change("b", None, old))
        expect(_data(cloud, "a") == b"2", "A change of another version was made.")
        expect(cloud.get("b") is None, "A document was made that was expected to be there.")
        cloud.commit([Change("a", None, _version(cloud, "a"))])
        expect(cloud.get("a") is None, "A deleted document is still there.")


@rule_of(RULES, "Make versions from a counter or random bytes, never from the content, its length or the time.")
def never_gives_a_version_twice(place: Place) -> None:
    """Every write gives a version that the document never had, even where the content is the same."""
    with place.open() as cloud:
        seen = set()
        expected = None
        for data in (b"1", b"1", b"2", b"1", None, b"1", None, b"1"):
            cloud.commit([Change("a", data, expected)])
            expected = None if data is None else _version(cloud, "a")
            expect(expected not in seen, "A version came back.")
            seen.add(expected or "")


@rule_of(
    RULES, "Store bytes as bytes: no text mode, no JSON that is read and written again. Without that, `binary = False`."
)
def keeps_the_bytes(place: Place) -> None:
    """A document is read as the bytes that were written."""
    with place.open() as cloud:
        texts = ['"\\u0000 é 😀"', " [1,\r\n2]\n", '{"b":1.0, "a":1e2}', '"' + "x" * 70_000 + '"']
        documents = [t.encode() for t in texts]
        if cloud.binary:
            documents += [b"", bytes(range(256)) * 3, b"\r\n\x00\x1a\xff", b"\x80"]
        for number, data in enumerate(documents):
            cloud.commit([Change(f"n{number}", data, None)])
        for number, data in enumerate(documents):
            expect(_data(cloud, f"n{number}") == data, f"{data[:20]!r} is not read as it was written.")
        found = cloud.get_many(cloud.list())
        expect(all(d.data == documents[int(n[1:])] for n, d in found.items()), "`get_many` gives other bytes.")


@rule_of(RULES, "Use the whole name, and encode what the cloud cannot hold in a name.")
def keeps_names_apart(place: Place) -> None:
    """Names of up to 200 characters of a–z, 0–9, dot, dash and underscore are each a document of their own."""
    names = ["a", "a.", "a.b", "a-b", "a_b", "ab", "con", "0", "x" * 200, "x" * 199 + "y", "page.water.use-1.2024-01"]
    with place.open() as cloud:
        for name in names:
            cloud.commit([Change(name, f'"{name}"'.encode(), None)])
        found = cloud.get_many([*names, "absent"])
        expect({n: d.data for n, d in found.items()} == {n: f'"{n}"'.encode() for n in names}, "Names were mixed up.")
        expect(cloud.get_many([]) == {}, "Documents came where none was asked for.")


@rule_of(RULES, "Compare prefixes as plain text (not LIKE, not a pattern of file names), and sort.")
def lists_the_names_that_start_so(place: Place) -> None:
    """`list` gives the names that start with a prefix, once each and sorted, and none of deleted documents."""
    names = ["page.b", "page.a", "pagexa", "page_a", "history.a", "page"]
    with place.open() as cloud:
        cloud.commit([Change(n, b"1", None) for n in [*names, "page.gone"]])
        cloud.commit([Change("page.gone", None, _version(cloud, "page.gone"))])
        wanted = {"": sorted(names), "page.": ["page.a", "page.b"], "page_": ["page_a"], "%": []}
        for prefix, found in wanted.items():
            expect(
                list(cloud.list(prefix)) == found, f"`list({prefix!r})` should give {', '.join(found) or 'nothing'}."
            )


@rule_of(
    RULES, "Follow the pages of a listing to its end, and ask for many documents in portions that the cloud takes."
)
def lists_and_gives_more_than_a_thousand(place: Place) -> None:
    """`list` and `get_many` leave nothing out, however many documents there are."""
    names = [f"n{i:04}" for i in range(1_100)]
    with place.open() as cloud:
        for some in (names[i : i + 275] for i in range(0, 1_100, 275)):
            cloud.commit([Change(name, b"1", None) for name in some])
        expect(list(cloud.list()) == names, "`list` leaves out some of 1 100 names.")
        expect(len(cloud.get_many(names)) == len(names), "`get_many` leaves out some of 1 100 documents.")


@rule_of(RULES, "Send large documents in parts if the cloud limits a request; a page of records may be megabytes long.")
def holds_five_megabytes(place: Place) -> None:
    """A document may hold five megabytes."""
    data = b'"' + os.urandom(2_500_000).hex().encode() + b'"'
    with place.open() as cloud:
        cloud.commit([Change("large", data, None)])
        expect(_data(cloud, "large") == data, "A document of five megabytes is not read as it was written.")


@rule_of(RULES, "Make all changes of a commit in one transaction, or say `atomic = False`.")
def does_all_or_nothing_if_atomic(place: Place) -> None:
    """A cloud that says it is atomic makes no change of a commit that is refused."""
    with place.open() as cloud:
        if not cloud.atomic:
            return
        cloud.commit([Change("b", b"1", None), Change("c", b"1", None)])
        changes = [Change("a", b"2", None), Change("b", None, _version(cloud, "b")), Change("c", b"2", "another")]
        _expect_conflict(cloud, *changes)
        expect(cloud.get("a") is None, "A document was made by a commit that was refused.")
        expect(cloud.get("b") is not None, "A document was deleted by a commit that was refused.")


@rule_of(RULES, "Make the changes one after the other, in the order given, and stop at the first that is refused.")
def does_changes_in_order_otherwise(place: Place) -> None:
    """A cloud that is not atomic makes the changes in order, up to the first that is refused."""
    with place.open() as cloud:
        if cloud.atomic:
            return
        changes = [Change("a", b"1", None), Change("b", b"1", "another"), Change("c", b"1", None)]
        _expect_conflict(cloud, *changes)
        expect(cloud.get("c") is None, "A change was made after one that was refused.")
        expect(cloud.get("a") is not None, "A change before one that was refused was not made.")


@rule_of(RULES, "Make a change durable before `commit` returns, not when the cloud is closed.")
def keeps_everything_when_opened_again(place: Place) -> None:
    """Documents and their versions are the same when the cloud is closed and opened again."""
    with place.open() as cloud:
        cloud.commit([Change("a", b"1", None), Change("b", b"1", None)])
        cloud.commit([Change("b", None, _version(cloud, "b"))])
        version = _version(cloud, "a")
    with place.open() as cloud:
        expect(list(cloud.list()) == ["a"], "It does not hold the documents from before.")
        cloud.commit([Change("a", b"2", version)])


@rule_of(RULES, "Keep no documents or listings in memory between calls, or ask the cloud whether they still hold.")
def shows_what_another_wrote(place: Place) -> None:
    """What is written through one opening of the cloud is read at once through another."""
    with place.open() as one, place.open() as other:
        one.commit([Change("a", b"1", None)])
        expect(_data(other, "a") == b"1", "A new document is not seen by another that has the cloud open.")
        one.commit([Change("a", b"2", _version(one, "a"))])
        expect(_data(other, "a") == b"2", "Another that has the cloud open still reads the old document.")
        one.commit([Change("a", None, _version(one, "a"))])
        expect(other.get("a") is None, "Another that has the cloud open still reads a deleted document.")
        expect(list(other.list()) == [], "Another that has the cloud open still lists a deleted document.")


@rule_of(RULES, "Hold a lock from the comparison to the end of the write, or let the cloud compare.")
def lets_one_of_many_threads_win(place: Place) -> None:
    """Of several threads that change one version, one wins and the others get a Conflict."""
    with place.open() as cloud:
        cloud.commit([Change("count", b"0", None)])
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: _count_up(cloud, 10), range(4)))
        expect(_data(cloud, "count") == b"40", "Forty changes by four threads: some were lost.")


@rule_of(RULES, "Lock the files themselves, not an object in memory, or let the cloud compare.")
def lets_one_of_many_processes_win(place: Place) -> None:
    """Of several processes that change one version, one wins and the others get a Conflict."""
    if not place.processes:
        raise CannotTell("Other processes cannot open it.")
    try:
        opener = pickle.dumps(place.open)
    except Exception:
        raise CannotTell("What opens it cannot be pickled: define it at the top of a module.") from None
    with place.open() as cloud:
        cloud.commit([Change("count", b"0", None)])
        context = multiprocessing.get_context("spawn")
        workers = [context.Process(target=_count_up_there, args=(opener, 20)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        ends = {worker.exitcode for worker in workers}
        if _NOT_FOUND in ends:
            raise CannotTell("Another process cannot import what opens it: define it in a module on the path.")
        expect(ends == {0}, "Another process failed: its error is above.")
        expect(_data(cloud, "count") == b"40", "Forty changes by two processes: some were lost.")


@rule_of(RULES, "Write beside the document and put it in its place in one step (rename), or in a transaction.")
def shows_no_half_document(place: Place) -> None:
    """Who reads while a document is written sees the old one or the new one, whole."""
    written = {b'"%s"' % (str(digit).encode() * 200_000) for digit in range(10)}
    with place.open() as cloud, ThreadPoolExecutor(1) as pool:
        cloud.commit([Change("a", min(written), None)])
        writer = pool.submit(_rewrite, cloud, sorted(written))
        while not writer.done():
            expect(_data(cloud, "a") in written, "A document was read that is half written.")
        writer.result()


@rule_of(
    RULES, "With `scrub`, overwrite or truncate what is replaced: old versions, journals, free pages of a database."
)
def leaves_nothing_readable_of_what_is_scrubbed(place: Place) -> None:
    """Nothing of a document that is replaced or deleted with `scrub` stays readable in the cloud's files."""
    secret, also = secrets.token_hex(20).encode(), secrets.token_hex(20).encode()
    with place.open() as cloud:
        cloud.commit([Change("a", b'"%s"' % (secret * 300), None), Change("b", b'"%s"' % also, None)])
        cloud.commit([Change("c", b'"%s"' % (b"1" * 5000), None)])
        changes = [Change("a", b"1", _version(cloud, "a")), Change("b", None, _version(cloud, "b"))]
        if place.folder is None or not holds(place.folder, secret):
            raise CannotTell("It keeps no files in its folder in which a document could be read.")
        cloud.commit(changes, scrub=True)
        expect(not holds(place.folder, secret), "A document that was replaced is still readable.")
        expect(not holds(place.folder, also), "A document that was deleted is still readable.")


def holds(folder: Path, text: bytes) -> bool:
    """True if a file in `folder` contains `text` as it is."""
    return any(text in p.read_bytes() for p in folder.rglob("*") if p.is_file())


def _data(cloud: Cloud, name: str) -> bytes:
    return _document(cloud, name).data


def _version(cloud: Cloud, name: str) -> str:
    return _document(cloud, name).version


def _document(cloud: Cloud, name: str) -> Document:
    if (document := cloud.get(name)) is None:
        raise Broken("A document that was written is not there.")
    return document


def _expect_conflict(cloud: Cloud, *changes: Change) -> None:
    try:
        cloud.commit(changes)
    except Conflict:
        return
    raise Broken("A change was made although a document was not at the version expected: it should be a Conflict.")


def _count_up(cloud: Cloud, times: int) -> None:
    done = 0
    while done < times:
        document = _document(cloud, "count")
        try:
            cloud.commit([Change("count", str(int(document.data) + 1).encode(), document.version)])
            done += 1
        except Conflict:
            time.sleep(secrets.randbelow(20) / 10_000)


_NOT_FOUND = 97


def _count_up_there(opener: bytes, times: int) -> None:
    try:
        open_cloud: Callable[[], Cloud] = pickle.loads(opener)
    except (ImportError, AttributeError):
        sys.exit(_NOT_FOUND)
    with open_cloud() as cloud:
        _count_up(cloud, times)


def _rewrite(cloud: Cloud, documents: Sequence[bytes]) -> None:
    for data in [*documents, *documents, *documents]:
        cloud.commit([Change("a", data, _version(cloud, "a"))])
