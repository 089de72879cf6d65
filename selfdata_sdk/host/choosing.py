"""Which version of a service runs for one person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..consent.grant import Grant
from ..consent.order import compare, older
from ..service.manifest import Manifest
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
    releases = {release.version: release for release in service.releases}
    covered = newest_covered((release.manifest() for release in reversed(service.releases)), grant)
    if covered is None:
        return Choice(newest, newest)
    release = releases[covered.version]
    return Choice(release, None if release is newest else newest)


def newest_covered(manifests: Iterable[Manifest], grant: Grant) -> Manifest | None:
    """Of the versions of a service, the newest first, the first that needs no new answer; None if all do."""
    for manifest in manifests:
        if older(manifest.version, grant.manifest.version):
            return None
        if manifest == grant.manifest or not compare(grant.manifest, manifest).waits:
            return manifest
    return None
