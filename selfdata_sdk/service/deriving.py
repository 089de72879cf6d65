"""Manifests derived from a service's signature and its project, and written into its package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from selfdata_sdk.errors import ManifestError, RequestError

from .blocks import reasons
from .manifest import FILE, AskedSetting, Manifest, plain_number
from .project import Project
from .service import Request, Service
from .setting import Option, Value


def manifest_of(service: Service[...], project: Project | None = None) -> Manifest:
    """The manifest of a service; what the project does not say gets its default. ManifestError if it is not valid."""
    project = project or Project()
    table = project.table
    try:
        manifest = Manifest.model_validate(
            {
                "id": service.id,
                "version": project.version,
                "sdk": project.sdk,
                "function": service.place,
                "name": service.name,
                "summary": service.summary,
                "publisher": _present(
                    name=project.author,
                    contact=project.contact,
                    country=table.get("country"),
                    privacy=table.get("privacy"),
                    role=table.get("role"),
                ),
                "licence": project.licence,
                "needs": {r.label: _need(r) for r in service.requests},
                "settings": {o.name: _setting(o) for o in service.options},
                "produces": _produces(service, table.get("retention", {})),
                "record_types": service.own_types or None,
                "outputs": _outputs(service, table),
                **_present(source=project.source, schedule=table.get("schedule"), automation=table.get("automation")),
            }
        )
    except ValidationError as error:
        raise ManifestError(
            f"The manifest of {service.id} is not valid: {reasons(error)}.",
            where=project.name,
            next="Correct pyproject.toml, or the service.",
        ) from None
    return Manifest.from_json(manifest.canonical())


def write_manifest(folder: Path, service: Service[...], project: Project | None = None) -> Path:
    """Write the manifest into the package's `folder`; returns its path."""
    path = folder / FILE
    path.write_bytes(manifest_of(service, project).canonical())
    return path


def is_stale(path: Path, service: Service[...], project: Project | None = None) -> bool:
    """True if the manifest at `path` is not there, or not the one that the code has now."""
    return not path.is_file() or path.read_bytes() != manifest_of(service, project).canonical()


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _need(request: Request) -> dict[str, Any]:
    need, shape = request.need, request.shape
    return _present(
        record_type=shape.record_type.type,
        fields=shape.names,
        pseudonyms=shape.pseudonyms,
        granularity=need.finest(shape.record_type),
        at_worst=need.coarsest(shape.record_type),
        back=need.back,
        ongoing=need.ongoing,
        precision=need.precision,
        where={name: tuple(sorted(values)) for name, values in (need.where or {}).items()},
        purpose=need.purpose,
        why=need.why,
        without=need.without,
    )


def _setting(option: Option) -> dict[str, Any]:
    return _present(
        kind=option.kind,
        title=option.title,
        default=written(option.default),
        ge=None if option.ge is None else plain_number(option.ge),
        le=None if option.le is None else plain_number(option.le),
        choices=option.choices,
    )


def options_of(manifest: Manifest) -> tuple[Option, ...]:
    """The settings of a manifest as options, without the service's code. ManifestError if a default is not allowed."""
    return tuple(_option(name, asked) for name, asked in manifest.settings.items())


def _option(name: str, asked: AskedSetting) -> Option:
    low, high = (None if bound is None else float(bound) for bound in (asked.ge, asked.le))
    option = Option(name, asked.kind, "", asked.title, low, high, asked.choices or None)
    try:
        return replace(option, default=option.read(asked.default))
    except RequestError as error:
        raise ManifestError(f"The default of {name} is not allowed: {error.what}", next=error.next) from None


def written(value: Value) -> str:
    """A setting's value as a text that `Option.read` reads."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else plain_number(value)


def _produces(service: Service[...], retention: Mapping[str, str]) -> list[dict[str, str]]:
    types = [record_type.type for record_type in service.produces]
    if unknown := sorted(set(retention) - set(types)):
        raise ManifestError(
            f"[tool.selfdata.retention] names {unknown[0]}, which the service does not save.",
            next="Add it to `produces` of @service, or remove it.",
        )
    return [{"record_type": name, "retention": retention.get(name, "")} for name in types]


def _outputs(service: Service[...], table: Mapping[str, Any]) -> dict[str, Any]:
    kinds = ["action", "alert", "card", "chart", "no_insight"]
    kinds += ["ask"] if table.get("questions") else []
    kinds += ["save"] if service.produces else []
    return {
        "kinds": tuple(sorted(kinds)),
        **_present(
            alerts_per_week=table.get("alerts_per_week"),
            links=table.get("links"),
            numbers=table.get("numbers"),
            questions=table.get("questions"),
        ),
    }
