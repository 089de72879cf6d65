"""Contracts and claims of the pilot's insurer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from selfdata_sdk.importers import Importers
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import InsuranceClaim, InsuranceContract

FILE = Path(__file__).parents[1] / "testing" / "holders" / "maif.json"
Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]


def maif(read: Read, path: Path) -> Found:
    return read(Importers().named("mesinfos-maif"), path)


def contracts(found: Found) -> list[InsuranceContract]:
    return [r for t in found.tables for r in t.records() if isinstance(r, InsuranceContract)]


def claims(found: Found) -> list[InsuranceClaim]:
    return [r for t in found.tables for r in t.records() if isinstance(r, InsuranceClaim)]


def test_contracts_say_what_they_insure_and_for_how_much(read: Read) -> None:
    home, car = contracts(maif(read, FILE))
    assert (home.number, home.kind, home.objects[0].label) == ("7654321 NOR", "home", "12 RUE DES LILAS, 69003 LYON")
    assert (car.number, car.kind, car.objects[0].registration) == ("7654321 VAM", "car", "ZZ-987-YY")
    assert [str(c.premium and c.premium.amount) for c in (home, car)] == ["226.70", "312.00"]
    assert car.start.isoformat() == "2013-04-11T22:00:00+00:00"  # midnight in Paris


def test_claims_have_the_local_time_and_the_cause_that_is_said(read: Read) -> None:
    crash, flood = claims(maif(read, FILE))
    assert (crash.at.isoformat(), crash.kind, crash.place) == ("2015-07-20T17:00:00+00:00", "other", "LYON 06")
    assert (flood.kind, flood.thing, flood.reference) == ("water_damage", "Appartement", "F160000002C")


def test_the_answer_of_the_insurer_and_single_documents_are_read_too(read: Read, write: Write) -> None:
    contract = '{"societaire": "1", "name": "VAM", "formuleBase": "VAM", "startDate": "2013-04-12"}'
    claim = '{"societaire": "1", "ref": "F1", "lieuSurvenance": "LYON", "timestamp": "2015-07-20T19:00"}'
    whole = write(f'{{"MesInfos": {{"contract": [{contract}], "insuranceClaim": [{claim}], "client": {{}}}}}}')
    assert [len(x(maif(read, whole))) for x in (contracts, claims)] == [1, 1]
    assert len(contracts(maif(read, write(f"[{contract}]")))) == 1
    assert len(claims(maif(read, write(f"[{claim}]")))) == 1


def test_one_bad_contract_does_not_lose_the_others(read: Read, write: Write) -> None:
    text = FILE.read_text(encoding="utf-8")
    found = maif(
        read,
        write(
            text.replace(
                '"startDate": "2013-04-12T00:00:00",\n        "montant', '"startDate": "soon",\n        "montant'
            )
        ),
    )
    assert [(r.locator, r.reason.en) for r in found.rejections] == [
        ("$[0].contrat[1]", "Its date or time cannot be read.")
    ]
    assert len(contracts(found)) == 1
    assert len(claims(found)) == 2


def test_a_premium_that_is_no_amount_is_named_and_the_contract_kept(read: Read, write: Write) -> None:
    found = maif(read, write(FILE.read_text(encoding="utf-8").replace("226.7,", '"much",')))
    assert [r.locator for r in found.rejections] == ["$[0].contrat[0].montantTarifTtc"]
    assert [c.premium is None for c in contracts(found)] == [True, False]


def test_what_is_neither_contract_nor_claim_is_named(read: Read, write: Write) -> None:
    found = maif(read, write('[{"contrat": ["x"]}, {"societaire": "1", "rib": {}}]'))
    assert [(r.locator, r.reason.en) for r in found.rejections] == [
        ("$[0].contrat[0]", "It is no contract and no claim."),
        ("$[1]", "It is no contract and no claim."),
    ]
