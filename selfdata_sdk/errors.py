"""Every exception of the SDK, grouped by what the caller does next.

SelfDataError
├── FixService          the author repairs the service
│   ├── ServiceMistake      the declaration (signature, row, need, setting) is wrong
│   ├── ManifestError       a manifest is not valid
│   ├── OutputError         a block is not valid
│   └── ServiceFailed       the service raised while it ran, or did not end well:
│       ├── PolicyViolation     it called what the sandbox forbids, and was killed
│       ├── CpuLimit, MemoryLimit, TimeLimit, OutputLimit
│       ├── ProtocolError       it sent something that is no message
│       ├── ServiceCrash        its process died
│       └── NoResult            its process ended without a result
├── FixModel            the author of a record type or an importer repairs it
│   ├── RecordTypeError     a record type is declared wrongly, or is unknown
│   └── PluginError         a plugin cannot be loaded
├── FixHost             who runs the host repairs it
│   ├── SandboxUnavailable  this machine cannot hold services that nobody has to trust
│   └── CodeChanged         installed code is not what was installed
├── FixInput            the person gives something else
│   ├── FileRefused         a file is not a format that can be imported
│   ├── RecordRefused       a record breaks the rules of its type
│   ├── InstallRefused      a package breaks the rules for what is installed
│   └── RequestError        a command or a call asks for something that does not exist
├── AskPerson           the person decides
│   ├── ConsentNeeded       nothing was agreed yet, or no longer, or more is asked for now
│   └── ConsentDenied       it was agreed, and taken back or used up meanwhile
├── TryAgain            the same call may work later
│   ├── Conflict            somebody else changed the document meanwhile
│   └── CloudUnavailable    the cloud does not answer, or is locked
└── Stored              what is stored cannot be used as it is
    ├── NewerFormat         written by a newer SDK: update the SDK
    └── DamagedPage         not what was written: restore a backup

Each says what happened, where, and what to do next. None carries a personal value.
"""

from __future__ import annotations


class SelfDataError(Exception):
    """What happened, where (a file, line, field or parameter) and the next step, each one sentence."""

    def __init__(self, what: str, *, where: str = "", next: str = "") -> None:
        self.what = what
        self.where = where
        self.next = next
        super().__init__(what, where, next)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        step = f" {self.next}" if self.next else ""
        return f"{place}{self.what}{step}"

    def sentences(self, language: str) -> tuple[str, str]:
        """(what happened, the next step) in `language`: en, or fr for the errors that people read."""
        if not language.startswith("fr"):
            return self.what, self.next
        from .french import in_french

        return in_french(self.what), in_french(self.next)

    def place(self, language: str) -> str:
        """`where`, in `language`."""
        if not language.startswith("fr"):
            return self.where
        from .french import place_in_french

        return place_in_french(self.where)

    def say(self, language: str) -> str:
        """The whole error on one line, in `language`."""
        what, step = self.sentences(language)
        if not language.startswith("fr"):
            return str(self)
        place = f"{self.place(language)} : " if self.where else ""
        return f"{place}{what} {step}".rstrip()

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.where, self.next))


def _rebuild(kind: type[SelfDataError], what: str, where: str, next: str) -> SelfDataError:
    return kind(what, where=where, next=next)


class FixService(SelfDataError):
    """The author repairs the service."""


class ServiceMistake(FixService):
    """The declaration of a service (signature, row, need, setting) is wrong."""


class ManifestError(FixService):
    """A manifest is not valid."""


class OutputError(FixService):
    """A block that a service gave back is not valid."""


class ServiceFailed(FixService):
    """A service raised while it ran."""


class PolicyViolation(ServiceFailed):
    """A service called what the sandbox forbids, and was killed for it."""


class CpuLimit(ServiceFailed):
    """A service used more processor time than it may."""


class MemoryLimit(ServiceFailed):
    """A service asked for more memory than it may have."""


class TimeLimit(ServiceFailed):
    """A service did not end in time."""


class OutputLimit(ServiceFailed):
    """A service gave back more than it may."""


class ProtocolError(ServiceFailed):
    """A service's process sent something that is no message."""


class ServiceCrash(ServiceFailed):
    """A service's process died."""


class NoResult(ServiceFailed):
    """A service's process ended without a result."""


class FixModel(SelfDataError):
    """The author of a record type or an importer repairs it."""


class RecordTypeError(FixModel):
    """A record type is declared wrongly, or is unknown."""


class PluginError(FixModel):
    """A plugin cannot be loaded."""


class FixHost(SelfDataError):
    """Who runs the host repairs it."""


class SandboxUnavailable(FixHost):
    """This machine cannot hold services that nobody has to trust."""


class CodeChanged(FixHost):
    """Installed code is not what was installed."""


class FixInput(SelfDataError):
    """The person gives something else."""


class FileRefused(FixInput):
    """A file is not a format that can be imported."""


class RecordRefused(FixInput):
    """A record breaks the rules of its type."""


class InstallRefused(FixInput):
    """A package breaks the rules for what is installed."""


class RequestError(FixInput):
    """A command or a call asks for something that does not exist."""


class AskPerson(SelfDataError):
    """The person decides."""


class ConsentNeeded(AskPerson):
    """Nothing was agreed yet, or no longer, or more is asked for now."""


class ConsentDenied(AskPerson):
    """What was agreed was taken back, or used up, meanwhile."""


class TryAgain(SelfDataError):
    """The same call may work later."""


class Conflict(TryAgain):
    """Somebody else changed the document meanwhile (compare-and-swap)."""


class CloudUnavailable(TryAgain):
    """The cloud does not answer, or is locked."""


class Stored(SelfDataError):
    """What is stored cannot be used as it is."""


class NewerFormat(Stored):
    """Written by a newer SDK: update the SDK."""


class DamagedPage(Stored):
    """A document is not what was written: restore a backup."""
