"""The receipt in the terms of the Data Privacy Vocabulary, read by a JSON-LD library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyld import jsonld

from selfdata_sdk.consent.dpv import to_jsonld
from selfdata_sdk.consent.grant import Terms
from selfdata_sdk.host.host import Host
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.service.purpose import PURPOSES

DPV = "https://w3id.org/dpv#"


def no_network(url: str, options: object = None) -> Any:
    raise AssertionError(f"{url} would be fetched")


@pytest.fixture
def document(host: Host, coach: Manifest, terms: Terms) -> dict[str, Any]:
    host.grant(coach, terms)
    return to_jsonld(host.receipt(coach.id))


def expanded(document: dict[str, Any]) -> dict[str, Any]:
    (found,) = jsonld.expand(document, {"documentLoader": no_network})
    return dict(found)


def keys(value: Any) -> Iterator[str]:
    """Every key of a document, at any depth, keywords left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not key.startswith("@"):
                yield key
            if key != "@context":
                yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def dropped(document: dict[str, Any]) -> list[str]:
    """The keys that do not become IRIs of our vocabularies."""
    body = {k: v for k, v in document.items() if k != "@context"}
    context = document["@context"]
    bad = []
    for key in keys(body):
        prefix = key.partition(":")[0]
        if prefix not in context or not isinstance(context[prefix], str):
            bad.append(key)
    return bad + [k for k in keys(expanded(document)) if not k.startswith(("http", "urn:selfdata:term:"))]


def test_every_term_becomes_an_iri(document: dict[str, Any]) -> None:
    assert dropped(document) == []


def test_a_term_that_the_context_lacks_is_found(document: dict[str, Any]) -> None:
    assert dropped({**document, "remark": "lost"}) == ["remark"]


def test_nothing_is_lost_on_the_way_to_triples(document: dict[str, Any]) -> None:
    """Each leaf of the document is an object of a triple."""
    dataset = jsonld.to_rdf(document, {"documentLoader": no_network})
    objects = {triple["object"]["value"] for triple in dataset["@default"]}
    for leaf in ("eu-gdpr:A6-1-a", "dpv:Required", "dpv:Optional"):
        prefix, _, name = leaf.partition(":")
        assert document["@context"][prefix] + name in objects
    assert {"org.selfdata.water-coach", "day", "P90D", "P2Y"} <= objects


def test_it_is_a_receipt_of_a_record_with_a_status(document: dict[str, Any]) -> None:
    found = expanded(document)
    assert found["@type"] == [DPV + "ConsentReceipt"]
    (record,) = found["http://purl.org/dc/terms/isPartOf"]
    assert record["@type"] == [DPV + "ConsentRecord"]
    (status,) = found[DPV + "hasConsentStatus"]
    assert status["@type"] == [DPV + "ConsentGiven"]
    assert status[DPV + "isIndicatedBy"] == [{"@id": DPV + "DataSubject"}]
    (moment,) = status[DPV + "isIndicatedAtTime"]
    assert moment["@type"] == "http://www.w3.org/2001/XMLSchema#dateTime"


def test_each_need_is_a_process_with_its_own_answer(document: dict[str, Any]) -> None:
    home, water = expanded(document)[DPV + "hasProcess"]
    assert home[DPV + "hasConsentStatus"][0]["@type"] == [DPV + "ConsentRefused"]
    assert water[DPV + "hasConsentStatus"][0]["@type"] == [DPV + "ConsentGiven"]
    assert water[DPV + "hasPurpose"] == [{"@id": DPV + "RequestedServiceProvision"}]


def test_titles_are_in_both_languages(document: dict[str, Any]) -> None:
    (service,) = expanded(document)[DPV + "hasService"]
    assert {t["@language"] for t in service["http://purl.org/dc/terms/title"]} == {"en", "fr"}


def test_a_withdrawal_is_a_second_status(host: Host, coach: Manifest, terms: Terms) -> None:
    host.grant(coach, terms)
    host.withdraw(coach.id)
    statuses = expanded(to_jsonld(host.receipt(coach.id)))[DPV + "hasConsentStatus"]
    assert [s["@type"] for s in statuses] == [[DPV + "ConsentGiven"], [DPV + "ConsentWithdrawn"]]


def test_every_purpose_has_a_term_in_camel_case(host: Host, coach: Manifest, terms: Terms) -> None:
    for purpose in PURPOSES:
        need = coach.needs["water"].model_copy(update={"purpose": purpose})
        other = coach.model_copy(
            update={"needs": {**coach.needs, "water": need}, "id": f"org.example.{purpose.replace('_', '-')}"}
        )
        host.grant(other, terms)
        process = to_jsonld(host.receipt(other.id))["dpv:hasProcess"][1]
        term = process["dpv:hasPurpose"].removeprefix("dpv:")
        assert term.isalpha()
        assert term[0].isupper()
        assert term.lower() == purpose.replace("_", "")
