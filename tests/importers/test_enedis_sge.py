"""Enedis SGE: R4x is stamped at the start of its step, R50 at the end."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers.enedis_sge import EnedisSge
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import ElectricityUse
from selfdata_sdk.testing.imported import imported

POINT = '<Donnees_Point_Mesure Horodatage ="{}" Valeur_Point ="{}" Statut_Point ="{}"></Donnees_Point_Mesure>\n'


def curve(
    *points: tuple[str, str, str], step: str = "10", unit: str = "kW", metier: str = "CONS", kind: str = "EA"
) -> str:
    return (
        f"<Donnees_Courbe><Granularite>{step}</Granularite><Unite_Mesure>{unit}</Unite_Mesure>"
        f"<Grandeur_Metier>{metier}</Grandeur_Metier><Grandeur_Physique>{kind}</Grandeur_Physique>\n"
        + "".join(POINT.format(*p) for p in points)
        + "</Donnees_Courbe>\n"
    )


def r4x(*curves: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Courbe><Entete><Identifiant_Flux>R4x</Identifiant_Flux></Entete>\n'
        "<Corps><Identifiant_PRM>30001642617347</Identifiant_PRM>\n" + "".join(curves) + "</Corps></Courbe>\n"
    )


def r50(*points: tuple[str, str, str], prm: str = "09111642617347", step: str = "30") -> str:
    rows = "".join(f"<PDC><H>{h}</H><V>{v}</V><IV>{iv}</IV></PDC>\n" for h, v, iv in points)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><R50><En_Tete_Flux><Identifiant_Flux>R50</Identifiant_Flux>'
        f"<Pas_Publication>{step}</Pas_Publication></En_Tete_Flux>\n<PRM><Id_PRM>{prm}</Id_PRM>\n"
        f"<Donnees_Releve><Date_Releve>2024-02-02</Date_Releve>\n{rows}</Donnees_Releve></PRM></R50>\n"
    )


def read(tmp_path: Path, text: str) -> Found:
    path = tmp_path / "flux.xml"
    path.write_text(text, encoding="utf-8")
    return imported(EnedisSge(), path)


def uses(found: Found) -> list[ElectricityUse]:
    return [r for t in found.tables for r in t.records() if isinstance(r, ElectricityUse)]


def test_a_stamp_of_r4x_is_the_start_of_its_step_and_its_value_kilowatts(tmp_path: Path) -> None:
    (use,) = uses(read(tmp_path, r4x(curve(("2024-02-02T00:00:00+01:00", "28", "R")))))
    assert (use.start, use.end) == (datetime(2024, 2, 1, 23, tzinfo=UTC), datetime(2024, 2, 1, 23, 10, tzinfo=UTC))
    assert (use.power, use.point, use.quality, use.cadence) == (Decimal(28_000), "30001642617347", "measured", "PT10M")
    assert use.source.locator == "point 1"


def test_a_stamp_of_r50_is_the_end_of_its_step_and_its_value_watts(tmp_path: Path) -> None:
    (use,) = uses(read(tmp_path, r50(("2024-02-02T00:30:00+01:00", "476", "0"))))
    assert (use.start, use.end) == (datetime(2024, 2, 1, 23, tzinfo=UTC), datetime(2024, 2, 1, 23, 30, tzinfo=UTC))
    assert (use.power, use.energy, use.point, use.quality) == (Decimal(476), Decimal(238), "09111642617347", "measured")


@pytest.mark.parametrize(
    ("status", "quality"),
    [("R", "measured"), ("S", "measured"), ("C", "edited"), ("D", "edited"), ("E", "estimated"), ("H", "estimated"),
     ("P", "estimated"), ("K", "derived"), ("?", "questionable")],
)  # fmt: skip
def test_each_status_of_r4x_has_its_quality(tmp_path: Path, status: str, quality: str) -> None:
    assert uses(read(tmp_path, r4x(curve(("2024-02-02T00:00:00+01:00", "28", status)))))[0].quality == quality


def test_an_implausible_point_of_r50_is_questionable(tmp_path: Path) -> None:
    assert uses(read(tmp_path, r50(("2024-02-02T00:30:00+01:00", "476", "1"))))[0].quality == "questionable"


def test_an_empty_value_is_missing_and_never_zero(tmp_path: Path) -> None:
    found = read(tmp_path, r50(("2024-02-02T00:30:00+01:00", "", "0"), ("2024-02-02T01:00:00+01:00", "0", "0")))
    assert [u.power for u in uses(found)] == [0]
    assert not found.rejections


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"metier": "PROD"}, "fed into the network"),
        ({"kind": "ERC"}, "something else"),
        ({"kind": "E"}, "something else"),
        ({"unit": "V"}, "unit"),
    ],
)
def test_a_curve_that_is_no_use_is_left_out_once_and_the_next_one_kept(
    tmp_path: Path, other: dict[str, str], reason: str
) -> None:
    points = [(f"2024-02-02T00:{m}0:00+01:00", "28", "R") for m in range(3)]
    found = read(tmp_path, r4x(curve(*points, **other), curve(*points)))
    assert [r.locator for r in found.rejections] == ["point 1"]
    assert reason in found.rejections[0].reason.en
    assert len(uses(found)) == 3


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        (("2024-02-02", "1", "R"), "date and time"),
        (("2024-02-02T00:10:00+01:00", "x", "R"), "not a number"),
        (("2024-02-02T00:10:00+01:00", "-1", "R"), "negative"),
    ],
)
def test_a_bad_point_is_rejected_by_its_number_and_no_other_is_lost(
    tmp_path: Path, point: tuple[str, str, str], reason: str
) -> None:
    found = read(tmp_path, r4x(curve(("2024-02-02T00:00:00+01:00", "28", "R"), point)))
    assert [r.locator for r in found.rejections] == ["point 2"]
    assert reason in found.rejections[0].reason.en
    assert len(uses(found)) == 1


def test_a_curve_without_a_step_cannot_be_placed_in_time(tmp_path: Path) -> None:
    found = read(tmp_path, r4x(curve(("2024-02-02T00:00:00+01:00", "28", "R"), step="")))
    assert "how long" in found.rejections[0].reason.en


def test_a_cut_file_is_refused_with_its_line(tmp_path: Path) -> None:
    text = r50(*((f"2024-02-02T{h:02}:00:00+01:00", "1", "0") for h in range(1, 9)))
    with pytest.raises(FileRefused, match="line 9"):
        read(tmp_path, text[: text.index("T06:00")])


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="document type"):
        read(tmp_path, r50().replace("?>", "?><!DOCTYPE R50 [<!ENTITY a 'b'>]>"))


@pytest.mark.parametrize("text", ["", "<R151><Identifiant_Flux>R151</Identifiant_Flux></R151>", "<R50/>", "R50"])
def test_other_files_are_not_recognised(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.xml"
    path.write_text(text, encoding="utf-8")
    assert not EnedisSge().recognises(File(path).sample)
