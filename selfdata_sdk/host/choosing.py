"""Which version of a service runs for one person."""

from __future__ import annotations

from dataclasses import dataclass

from ..consent.grant import Grant
from ..consent.order import compare, older
from .shelf import Installed, Release


@dataclass(frozen=True, slots=True)
class Choice:
    """The version that runs, or would. `waiting` is the newest if that waits for an answer; `runs` too if every one does."""

    runs: Release
    waiting: Release | None = None


def choose(service: Installed, grant: Grant | None) -> Choice:
    """The newest version that needs no new answer; the newest of all where there is none, or nothing was agreed yet."""
    newest = service.newest
    if grant is None:
        return Choice(newest)
    for release in reversed(service.releases):
        manifest = release.manifest()
        if older(manifest.version, grant.manifest.version):
            break
        if not compare(grant.manifest, manifest).waits:
            return Choice(release, None if release is newest else newest)
    return Choice(newest, newest)
