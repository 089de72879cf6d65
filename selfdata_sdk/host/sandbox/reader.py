"""Holders' files read behind the walls: bytes go in, records come out, and what comes out is foreign."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime

from selfdata_sdk.errors import FileRefused, PluginError, RequestError, SandboxUnavailable, SelfDataError, ServiceCrash
from selfdata_sdk.french import in_french
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.importer import Importer, Item, Options
from selfdata_sdk.importers.importing import source_of
from selfdata_sdk.importers.registry import Importers
from selfdata_sdk.model.text import clean
from selfdata_sdk.service.calling import FOREIGN, NAMED

from . import reading
from .exchange import Exchange, How, Stopped
from .items import LARGEST, Failure, Message, Unpacker, understood
from .limits import MIB, Limits
from .sandbox import Sandbox

READING = Limits(seconds=60.0, cpu_seconds=60, memory=1024 * MIB, output=512 * MIB)
"""What the reading of one file may use."""

_PIECE = 1 << 20


class SandboxedReader:
    """A `Reader` for `import_files`: the built-in importers, in a run of their own for each file.

    A file may have an eighth of the run's memory.
    """

    def __init__(self, sandbox: Sandbox, limits: Limits = READING) -> None:
        self.sandbox = sandbox
        self.limits = limits

    def __call__(
        self, file: File, now: datetime, options: Options, chosen: Importer | None
    ) -> tuple[Importer, Generator[Item]]:
        """FileRefused as importers raise it, and for a file that takes too much; PluginError if what reads it fails.

        SandboxUnavailable if this machine has no walls.
        """
        if file.size > (most := self.limits.memory // 8):
            raise FileRefused(
                f"It is larger than {most // 1_000_000} MB.", where=file.name, next="Export a shorter period."
            )
        run = _Reading(self, file, now, options, chosen)
        return run.importer, run.items()


class _Reading:
    """One file in one run. `importer` is the host's own, of the name that the run says."""

    def __init__(
        self, reader: SandboxedReader, file: File, now: datetime, options: Options, chosen: Importer | None
    ) -> None:
        self._file = file
        self._limits = reader.limits
        self._digest = hashlib.sha256()
        self._sent = 0
        self._exchange = Exchange(*self._begun(reader), reader.limits, LARGEST)
        self._messages = self._exchange.messages(self._pieces(reading.header(file, now, options, chosen)))
        with self._refusing():
            self.importer = self._named(chosen)
        self._source = source_of(self.importer, options, now, self._digest.hexdigest())

    def items(self) -> Generator[Item]:
        unpacker = Unpacker(self.importer, self._source, self._limits.output)
        with self._refusing():
            while not (message := self._next())[0].end:
                yield from unpacker.items(*message)
            if not self._exchange.whole:
                raise ValueError("something after the end")
            self._messages.close()

    def _begun(self, reader: SandboxedReader) -> tuple[socket.socket, socket.socket]:
        try:
            return reader.sandbox.read(reader.limits)
        except ServiceCrash:
            raise self._broken("What reads the file died.") from None

    def _named(self, chosen: Importer | None) -> Importer:
        said, _ = self._next()
        known = {i.name: i for i in Importers()} if chosen is None else {chosen.name: chosen}
        if said.format not in known:
            raise ValueError("no format")
        if self._sent < self._file.size:
            raise ValueError("an answer before the question")
        return known[said.format]

    def _next(self) -> tuple[Message, memoryview]:
        said, body = understood(next(self._messages))
        if said.error is not None:
            raise self._failure(said.error)
        return said, body

    def _pieces(self, header: bytes) -> Iterator[bytes]:
        """What is sent, and hashed on the way: the records are of these bytes, whatever becomes of the file."""
        yield header
        with self._file.open() as stream:
            while piece := stream.read(min(_PIECE, self._file.size - self._sent)):
                self._digest.update(piece)
                yield piece
                self._sent += len(piece)
        if self._sent < self._file.size:
            raise FileRefused("It was changed while it was read.", where=self._file.name, next="Import it again.")

    # What went wrong, as an error of the file or of what reads it

    def _failure(self, said: Failure) -> SelfDataError:
        if said.kind == "MemoryLimit":
            return FileRefused(
                "It takes more memory than one file may.", where=self._file.name, next="Export a shorter period."
            )
        if said.kind == "SandboxUnavailable":
            if self._exchange.raised:
                raise ValueError("a lie")
            return SandboxUnavailable(
                "A wall could not be raised, so the file was not read.",
                where=self._file.name,
                next="`selfdata doctor` says what this machine lacks.",
            )
        if said.kind == "Raised":
            return self._broken(f"What reads the file fails ({said.name if said.name in _NAMES else FOREIGN}).")
        if not (_is_own(said.what) and _is_own(said.next)):
            raise ValueError("no sentence of an importer")
        kind = FileRefused if said.kind == "FileRefused" else RequestError
        return kind(said.what, where=self._file.name + said.place, next=said.next)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            with self._ending():
                yield
        except Stopped as stopped:
            raise self._stopped(stopped.how) from None
        except OverflowError:
            raise self._stopped("output") from None
        except ValueError:
            raise self._stopped("protocol") from None

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """Ends the run at once if anything goes wrong: an error that is kept would keep it too."""
        try:
            yield
        except BaseException:
            self._messages.close()
            raise

    def _stopped(self, how: How) -> SelfDataError:
        match how:
            case "late" | "cpu":
                return FileRefused(
                    "It takes longer to read than one file may.", where=self._file.name, next="Export a shorter period."
                )
            case "output":
                return FileRefused(
                    "It holds more than one file may.", where=self._file.name, next="Export a shorter period."
                )
            case "policy":
                return self._broken("What reads the file called what it may not, and was stopped.")
            case "protocol":
                return self._broken("What reads the file gave back what no importer gives.")
            case "crash" | "lost":
                return self._broken("What reads the file died.")
            case "nothing":
                return self._broken("What reads the file ended without a result.")

    def _broken(self, what: str) -> PluginError:
        return PluginError(
            what, where=self._file.name, next="Nothing was imported. Report it to the importer's author."
        )


_NAMES = {kind.__name__ for kind in NAMED}


def _is_own(sentence: str) -> bool:
    """True for a sentence that the SDK's errors say, whatever its values."""
    return not sentence or (clean(sentence) == sentence and in_french(sentence) != sentence)
