"""What services declared their own record types with: documents beside the records, so that these can always be read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from pydantic import ValidationError

from ..cloud import Change, Cloud, Document
from ..errors import ManifestError
from ..model import Record, Registry
from ..model.own_record import OwnTypes, breaks, own_type_of, record_type_of
from ..model.own_type import OwnType, service_of

PREFIX = "type."


class StoredTypes(OwnTypes):
    """The record types of a store: those of `known`, and services' own, looked up in the cloud when one is asked for."""

    def __init__(self, known: Registry, cloud: Cloud) -> None:
        super().__init__(known)
        self._cloud = cloud

    def declare(self, own: OwnType) -> None:
        """Know this type; if records are kept under a version of it that says more, that one.

        ManifestError if neither of the two versions can say all that the other does.
        """
        if self._types.get(own.name) is record_type_of(own):
            return
        held = _read(self._cloud.get(document_name(own.name)))
        if held is None or not (broken := breaks(held, own)):
            super().declare(own)
        elif not breaks(own, held):
            super().declare(held)
        else:
            name = own.name.partition("/")[0]
            raise ManifestError(
                f"Records of {own.name} are kept here that do not fit its new schema ({broken[0]}).",
                next=f"Its author raises the version in x-type; `selfdata erase {name}` erases what is kept.",
            )

    def apart(self, more: Iterable[OwnType]) -> OwnTypes:
        """The types as they are now, and `more`: what does not need the cloud any longer."""
        return OwnTypes(self._known, [*self._held(), *more])

    def __iter__(self) -> Iterator[type[Record]]:
        for own in self._held():
            self._know(own)
        return super().__iter__()

    def _held(self) -> Iterator[OwnType]:
        for document in self._cloud.get_many(self._cloud.list(PREFIX)).values():
            if (own := _read(document)) is not None:
                yield own

    def __contains__(self, name: str) -> bool:
        if super().__contains__(name):
            return True
        if service_of(name) is not None and (own := _read(self._cloud.get(document_name(name)))) is not None:
            self._know(own)
        return super().__contains__(name)

    def _know(self, own: OwnType) -> None:
        """Know a type as its records are kept, unless it was declared since."""
        if own.name not in self._types:
            super().declare(own)

    def changes(self, touched: Collection[str], kept: Collection[str]) -> Iterator[Change]:
        """How the documents of the types `touched` change, of which those in `kept` have records."""
        for name in touched:
            if service_of(name) is None or (own := own_type_of(self.get(name))) is None:
                continue
            document = self._cloud.get(document_name(name))
            held = _read(document)
            if name not in kept:
                if document is not None:
                    yield Change(document_name(name), None, document.version)
            elif held is None or (held != own and not breaks(held, own)):
                yield Change(document_name(name), own.canonical(), document.version if document else None)


def document_name(record_type: str) -> str:
    return PREFIX + record_type.replace("/", "-")


def _read(document: Document | None) -> OwnType | None:
    """What a document declares; None if it is none, or none that this version can read."""
    if document is None:
        return None
    try:
        return OwnType.model_validate_json(document.data)
    except ValidationError:
        return None
