"""The manifest is derived from the signature and the project."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import pytest

from selfdata_sdk import Block, Context, Dataset, Need, Pseudonym, Row, Setting, Text, service
from selfdata_sdk.errors import ManifestError
from selfdata_sdk.model import HouseholdProfile, PriceComponent, SupplyAlert, SupplyContract, WaterUse
from selfdata_sdk.service.deriving import is_stale, manifest_of, write_manifest
from selfdata_sdk.service.manifest import FILE
from selfdata_sdk.service.project import Project


class Hour(Row[WaterUse]):
    start: datetime
    litres: float


class Home(Row[HouseholdProfile]):
    occupants: int


class Price(Row[PriceComponent]):
    label: str
    price: Decimal


class Contract(Row[SupplyContract]):
    point: Pseudonym
    number: Pseudonym | None
    supplier: str
    prices: tuple[Price, ...]


WATER = Need(
    why=Text(en="Find leaks from hours without rest", fr="Repérer une fuite dans les heures sans repos"),
    granularity="hour",
    at_worst="day",
    back="P1Y",
)
HOME = Need(
    why=Text(en="Compare with homes of your size", fr="Comparer avec des foyers de votre taille"),
    without=Text(en="No comparison", fr="Pas de comparaison"),
)
CONTRACT = Need(
    why=Text(en="Work out what water costs you", fr="Calculer ce que l'eau vous coûte"), where={"commodity": ("water",)}
)
GOAL = Setting(Text(en="Litres per day", fr="Litres par jour"), ge=20, le=500)
SHARE = Setting(Text(en="Share", fr="Part"), ge=0, le=1)
KIND = Setting(Text(en="Dwelling", fr="Logement"))


@service(
    id="org.example.coach",
    name=Text(en="Water coach", fr="Coach eau"),
    summary=Text(en="Finds leaks.", fr="Repère les fuites."),
    produces=[SupplyAlert],
)
def coach(
    context: Context,
    water: Annotated[Dataset[Hour], WATER],
    home: Annotated[Dataset[Home], HOME],
    contract: Annotated[Dataset[Contract], CONTRACT],
    goal: Annotated[int, GOAL] = 120,
    share: Annotated[float, SHARE] = 0.1,
    kind: Annotated[Literal["flat", "house"], KIND] = "flat",
    loud: Annotated[bool, KIND] = False,
) -> Iterable[Block]:
    return []


PYPROJECT = """
[project]
name = "water-coach"
version = "1.2.0"
license = "Apache-2.0"
authors = [{ name = "Ada" }]
maintainers = [{ email = "team@example.org", name = "The team" }]
dependencies = ["numpy", "selfdata_sdk[fast] >=0.1, <0.3; python_version > '3'"]

[project.urls]
Source = "https://example.org/source"

[project.entry-points."selfdata.services"]
water-coach = "water_coach:manifest.json"

[tool.selfdata]
country = "FR"
privacy = "https://example.org/privacy"
schedule = "on_new_data"
automation = "none"
alerts_per_week = 2

[tool.selfdata.links.leaks]
label = { en = "Find a leak", fr = "Trouver une fuite" }
url = "https://example.org/leaks"

[tool.selfdata.questions.garden]
text = { en = "Do you water a garden?", fr = "Arrosez-vous un jardin ?" }

[tool.selfdata.retention]
"supply.alert/1" = "P1Y"
"""


def project(folder: Path, text: str = PYPROJECT) -> Project:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return Project.read(folder)


def test_needs_come_from_the_signature() -> None:
    manifest = manifest_of(coach)
    water, home, contract = (manifest.needs[label] for label in ("water", "home", "contract"))
    assert (water.record_type, water.fields) == ("water.use/1", ("litres", "start"))
    assert (water.granularity, water.at_worst, water.back, water.required) == ("hour", "day", "P1Y", True)
    assert (home.granularity, home.at_worst, home.back, home.required) == ("raw", "raw", "P30D", False)
    assert contract.fields == ("number", "point", "prices.label", "prices.price", "supplier")
    assert (water.pseudonyms, contract.pseudonyms) == ((), ("number", "point"))
    assert contract.where == {"commodity": ("water",)}


def test_a_time_series_is_asked_for_as_fine_as_is_given_without_a_consent_of_its_own() -> None:
    plain = Need(why=WATER.why)

    @service(id="org.example.plain", name=coach.name, summary=coach.summary)
    def daily(context: Context, water: Annotated[Dataset[Hour], plain]) -> Iterable[Block]:
        return []

    need = daily.requests[0]
    assert need.need.finest(WaterUse) == "day"


def test_settings_come_from_the_signature_as_texts() -> None:
    settings = manifest_of(coach).settings
    assert (settings["goal"].kind, settings["goal"].default, settings["goal"].ge) == ("integer", "120", "20")
    assert (settings["share"].kind, settings["share"].default, settings["share"].le) == ("number", "0.1", "1")
    assert (settings["kind"].kind, settings["kind"].choices) == ("text", ("flat", "house"))
    assert (settings["loud"].kind, settings["loud"].default) == ("boolean", "false")


def test_the_rest_comes_from_the_project(tmp_path: Path) -> None:
    manifest = manifest_of(coach, project(tmp_path))
    assert (manifest.version, manifest.licence, manifest.sdk) == ("1.2.0", "Apache-2.0", ">=0.1,<0.3")
    assert (manifest.publisher.name, manifest.publisher.contact) == ("The team", "team@example.org")
    assert (manifest.publisher.country, manifest.source) == ("FR", "https://example.org/source")
    assert (manifest.schedule, manifest.automation) == ("on_new_data", "none")
    assert [(p.record_type, p.retention) for p in manifest.produces] == [("supply.alert/1", "P1Y")]
    assert manifest.outputs.links["leaks"].url == "https://example.org/leaks"
    assert set(manifest.outputs.kinds) == {"action", "alert", "ask", "card", "chart", "no_insight", "save"}


def test_without_a_project_there_are_defaults() -> None:
    manifest = manifest_of(coach)
    assert (manifest.version, manifest.publisher.role, manifest.egress) == ("0.0.0", "local_only", ())
    assert "ask" not in manifest.outputs.kinds


def test_the_order_of_parameters_does_not_matter() -> None:
    """The canonical bytes are sorted."""

    @service(id="org.example.two", name=coach.name, summary=coach.summary)
    def two(context: Context, a: Annotated[Dataset[Hour], WATER], b: Annotated[Dataset[Home], HOME]) -> Iterable[Block]:
        return []

    before = manifest_of(two).canonical()

    @service(id="org.example.two", name=coach.name, summary=coach.summary)  # type: ignore[no-redef]
    def two(b: Annotated[Dataset[Home], HOME], a: Annotated[Dataset[Hour], WATER], context: Context) -> Iterable[Block]:
        return []

    after = manifest_of(two).canonical()
    assert before == after


def test_a_written_manifest_is_current_until_something_changes(tmp_path: Path) -> None:
    known = project(tmp_path)
    assert is_stale(tmp_path / FILE, coach, known)
    path = write_manifest(tmp_path, coach, known)
    assert not is_stale(path, coach, known)
    newer = project(tmp_path, PYPROJECT.replace("1.2.0", "1.3.0"))
    assert is_stale(path, coach, newer)


WRONG = {
    "a version that is not semver": ('"1.2.0"', '"1.2rc1"', "version"),
    "an unknown key": ('country = "FR"', 'contry = "FR"', "no key contry"),
    "an unknown role": ('country = "FR"', 'role = "broker"', "publisher.role"),
    "a retention of what is not saved": ('"supply.alert/1" =', '"water.use/1" =', "which the service does not save"),
    "a link without French": (', fr = "Trouver une fuite"', "", "links.leaks.label.fr"),
    "a link that is not https": ("https://example.org/leaks", "ftp://example.org", "links.leaks.url"),
    "TOML that is none": ("[project]", "[project", "not TOML"),
    "no project": ('name = "water-coach"', "", "no [project] name"),
    "no version": ('version = "1.2.0"', "", "version of water-coach"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_in_the_project_is_named(name: str, tmp_path: Path) -> None:
    old, new, what = WRONG[name]
    assert PYPROJECT.count(old) == 1
    with pytest.raises(ManifestError) as caught:
        manifest_of(coach, project(tmp_path, PYPROJECT.replace(old, new)))
    assert what in str(caught.value)
    assert caught.value.next


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="no pyproject"):
        Project.read(tmp_path)
