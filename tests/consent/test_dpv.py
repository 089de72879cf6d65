"""The receipt in the terms of the Data Privacy Vocabulary, read by a JSON-LD library."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, get_args

import pytest
from pyld import jsonld

from selfdata_sdk.consent.dpv import CONTEXT, to_jsonld
from selfdata_sdk.consent.grant import Item, State, Terms
from selfdata_sdk.consent.receipt import Receipt
from selfdata_sdk.host.host import Host
from selfdata_sdk.service.manifest import Manifest, Produced, Publisher
from selfdata_sdk.service.purpose import PURPOSES

DPV, DCT, XSD = "https://w3id.org/dpv#", "http://purl.org/dc/terms/", "http://www.w3.org/2001/XMLSchema#"

_TERMS = """
hasApplicableLaw hasAuthority hasConsentControl hasConsentStatus hasContact hasCountry hasDataController
hasDataProcessor hasDataSource hasDataSubject hasDuration hasFrequency hasIdentifier hasIndicationMethod
hasJurisdiction hasLegalBasis hasLocation hasName hasNecessity hasNotice hasPersonalData hasProcess hasProcessing
hasPurpose hasRecipient hasRecordOfActivity hasRight hasService hasStorageCondition isExercisedAt
isIndicatedAtTime isIndicatedBy

AcademicResearch Combine CommunicationManagement ConsentExpired ConsentGiven ConsentInvalidated ConsentNotice
ConsentReceipt ConsentRecord ConsentRefused ConsentRequestDeferred ConsentRequested
ConsentStatusInvalidForProcessing ConsentWithdrawn DataController DataProcessor DataProtectionAuthority DataSubject
DataSubjectDataSource FraudPreventionAndDetection LegalCompliance NonCommercialResearch OptimisationForConsumer
Optional PersonalData PersonalisedBenefits PrivacyNotice Process PseudonymisedData RecordManagement
RenewedConsentGiven RepairImpairments Representative RequestedServiceProvision Required RightsFulfilment Service
ServiceOptimisation ServicePersonalisation SingularFrequency StorageDuration StorageLocation TemporalDuration
UntilEventDuration Use WithdrawConsent WithinVirtualEnvironment
"""
TERMS = frozenset(_TERMS.split())
"""Properties (as of DPV 2.0) and concepts (as of 2.3, none of them deprecated) that a receipt may need."""


def no_network(url: str, options: object = None) -> Any:
    raise AssertionError(f"{url} would be fetched")


OFFLINE = {"documentLoader": no_network, "base": "relative:/"}


@pytest.fixture
def receipt(host: Host, coach: Manifest, terms: Terms) -> Receipt:
    """Water is given by day, the household refused; the publisher names everything."""
    publisher = Publisher(
        name="Example",
        contact="eau@example.org",
        country="FR",
        privacy="https://example.org/privacy",
        role="controller",
    )
    produces = (Produced(record_type="supply.alert/1", retention="P2Y"), Produced(record_type="water.use/1"))
    host.grant(coach.model_copy(update={"publisher": publisher, "produces": produces}), terms)
    return host.receipt(coach.id)


@pytest.fixture
def whole(receipt: Receipt) -> Receipt:
    """A receipt on which every field is set."""
    home, water = receipt.processes
    processes = (
        home.model_copy(update={"decision": "given", "until": receipt.expires_at, "pseudonyms": ("occupants",)}),
        water.model_copy(update={"where": {"quality": ("measured", "estimated")}}),
    )
    service = receipt.service.model_copy(update={"source": "https://example.org/code"})
    update = {"processes": processes, "combines": tuple(p.title for p in processes), "once": True, "service": service}
    return receipt.model_copy(update=update)


def expanded(document: dict[str, Any]) -> dict[str, Any]:
    (found,) = jsonld.expand(document, OFFLINE)
    return dict(found)


def record(receipt: Receipt) -> dict[str, Any]:
    """The record inside of the expanded receipt."""
    (found,) = expanded(to_jsonld(receipt))[f"{DPV}hasRecordOfActivity"]
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


def iris(value: Any) -> Iterator[str]:
    """Every key, type and named value of an expanded document."""
    yield from keys(value)
    if isinstance(value, dict):
        yield from [value["@id"]] if "@id" in value else []
        yield from value["@type"] if isinstance(value.get("@type"), list) else []
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from iris(inner)


def problems(document: dict[str, Any]) -> list[str]:
    """What the expansion loses, and names that are not absolute or not in the vocabulary."""
    found = expanded(document)
    lost = [f"{key} is lost" for key in keys(document) if _iri(key) not in set(keys(found))]
    names = set(iris(found))
    relative = [f"{name} is not absolute" for name in names if not name.startswith(("https:", "http:", "urn:"))]
    unknown = [
        f"{name} is not in the vocabulary" for name in names if name.startswith(DPV) and name[len(DPV) :] not in TERMS
    ]
    return sorted({*lost, *relative, *unknown})


def _iri(key: str) -> str:
    prefix, _, name = key.partition(":")
    return f"{CONTEXT.get(prefix, '?')}{name}"


def test_every_term_becomes_an_iri_of_its_vocabulary(receipt: Receipt, whole: Receipt) -> None:
    assert problems(to_jsonld(receipt)) == []
    assert problems(to_jsonld(whole)) == []


SPOILED = {
    "a key without a prefix": ({"remark": "x"}, "remark is lost"),
    "a prefix that the context lacks": ({"schema:recipient": "x"}, "schema:recipient is lost"),
    "a property that is none": ({"dpv:hasProces": "x"}, f"{DPV}hasProces is not in the vocabulary"),
    "a concept that is none": ({"dpv:hasPurpose": "dpv:Water"}, f"{DPV}Water is not in the vocabulary"),
    "a type that is none": ({"dpv:hasNotice": {"@type": "dpv:Notce"}}, f"{DPV}Notce is not in the vocabulary"),
    "a relative name": ({"dpv:hasNotice": {"@id": "notices/1"}}, "relative:/notices/1 is not absolute"),
}


@pytest.mark.parametrize(("more", "problem"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_document_is_found_out(receipt: Receipt, more: dict[str, Any], problem: str) -> None:
    assert problem in problems({**to_jsonld(receipt), **more})


def test_nothing_is_lost_on_the_way_to_triples(whole: Receipt) -> None:
    """Each text, number and name of the document is the object of a triple."""
    document = to_jsonld(whole)
    triples = jsonld.to_rdf(document, OFFLINE)["@default"]
    objects = {triple["object"]["value"] for triple in triples}
    body = {key: value for key, value in document.items() if key != "@context"}
    leaves = set(_leaves(body)) - {document["@id"]}
    assert {leaf for leaf in leaves if leaf not in objects and _iri(leaf) not in objects} == set()


def _leaves(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from () if key == "@language" else _leaves(inner)
        case list():
            for inner in value:
                yield from _leaves(inner)
        case bool():
            yield str(value).lower()
        case _:
            yield str(value)


def test_flattened_it_hangs_together(receipt: Receipt) -> None:
    """Receipt and record are nodes of their own names, and every node is reached from the receipt."""
    nodes = {node["@id"]: node for node in jsonld.flatten(to_jsonld(receipt), None, OFFLINE)}
    start = f"urn:uuid:{receipt.id}"
    assert nodes[start][f"{DPV}hasRecordOfActivity"] == [{"@id": f"urn:uuid:{receipt.record}"}]
    reached, todo = {start}, [start]
    while todo:
        for name in set(iris(nodes[todo.pop()])) & nodes.keys() - reached:
            reached.add(name)
            todo.append(name)
    assert reached == nodes.keys()


def test_it_is_a_receipt_around_a_record(receipt: Receipt) -> None:
    """As in the guide to ISO/IEC TS 27560, which requires these fields."""
    found, inside = expanded(to_jsonld(receipt)), record(receipt)
    assert (found["@type"], inside["@type"]) == ([f"{DPV}ConsentReceipt"], [f"{DPV}ConsentRecord"])
    profile = "https://w3id.org/dpv/schema/dpv-27560"
    assert found[f"{DCT}conformsTo"] == [{"@id": f"{profile}#receipt"}]
    assert inside[f"{DCT}conformsTo"] == [{"@id": f"{profile}#record"}]
    assert found[f"{DPV}hasIdentifier"] == [{"@value": receipt.id}]
    assert inside[f"{DPV}hasIdentifier"] == [{"@value": receipt.record}]
    assert found[f"{DCT}created"] == [{"@value": "2026-03-01T08:30:00+00:00", "@type": f"{XSD}dateTime"}]
    (status,) = inside[f"{DPV}hasConsentStatus"]
    assert status["@type"] == [f"{DPV}ConsentGiven"]
    assert status[f"{DPV}isIndicatedBy"] == [{"@id": f"{DPV}DataSubject"}]
    assert status[f"{DPV}isIndicatedAtTime"][0]["@type"] == f"{XSD}dateTime"


def test_law_rights_authority_and_withdrawal_are_named(receipt: Receipt) -> None:
    inside = record(receipt)
    gdpr = "https://w3id.org/dpv/legal/eu/gdpr#"
    assert inside[f"{DPV}hasLegalBasis"] == [{"@id": f"{gdpr}A6-1-a"}]
    assert inside[f"{DPV}hasApplicableLaw"] == [{"@id": "https://w3id.org/dpv/legal/eu#law-GDPR"}]
    assert inside[f"{DPV}hasJurisdiction"] == [{"@id": "https://w3id.org/dpv/loc#EU"}]
    rights = {right["@id"].removeprefix(gdpr) for right in inside[f"{DPV}hasRight"]}
    assert rights == {"A7-3", *(f"A{n}" for n in range(15, 23)), "A77"}
    (authority,) = inside[f"{DPV}hasAuthority"]
    assert authority == {"@id": "https://www.cnil.fr", "@type": [f"{DPV}DataProtectionAuthority"]}
    (control,) = inside[f"{DPV}hasConsentControl"]
    assert control[f"{DPV}isExercisedAt"] == [{"@value": "selfdata withdraw org.selfdata.water-coach"}]


def test_each_need_is_a_process_with_its_own_answer(receipt: Receipt) -> None:
    home, water = record(receipt)[f"{DPV}hasProcess"]
    assert home[f"{DPV}hasConsentStatus"][0]["@type"] == [f"{DPV}ConsentRefused"]
    assert water[f"{DPV}hasConsentStatus"][0]["@type"] == [f"{DPV}ConsentGiven"]
    assert water[f"{DPV}hasPurpose"] == [{"@id": f"{DPV}RequestedServiceProvision"}]
    assert water["urn:selfdata:term:granularity"] == [{"@value": "day"}]
    assert water["urn:selfdata:term:back"] == [{"@value": "P90D", "@type": f"{XSD}duration"}]
    assert water[f"{DPV}hasRecipient"] == []


def test_what_is_combined_is_so_where_it_is_given(receipt: Receipt, whole: Receipt) -> None:
    def processing(receipt: Receipt) -> list[list[str]]:
        found = record(receipt)[f"{DPV}hasProcess"]
        return [[p["@id"].removeprefix(DPV) for p in process[f"{DPV}hasProcessing"]] for process in found]

    assert processing(receipt) == [["Use"], ["Use"]]
    assert processing(whole) == [["Use", "Combine"], ["Use", "Combine"]]


def test_the_publisher_is_named_with_its_notice(receipt: Receipt) -> None:
    (controller,) = record(receipt)[f"{DPV}hasDataController"]
    assert controller[f"{DPV}hasName"] == [{"@value": "Example"}]
    assert controller[f"{DPV}hasCountry"] == [{"@id": "https://w3id.org/dpv/loc#FR"}]
    assert controller[f"{DPV}hasNotice"][0]["@id"] == "https://example.org/privacy"


def test_a_processor_is_named_as_one(receipt: Receipt) -> None:
    publisher = receipt.publisher.model_copy(update={"role": "processor"})
    inside = record(receipt.model_copy(update={"publisher": publisher}))
    assert inside[f"{DPV}hasDataProcessor"][0]["@type"] == [f"{DPV}DataProcessor"]
    assert f"{DPV}hasDataController" not in inside


def test_what_is_saved_is_kept_for_a_time_or_until_it_is_erased(receipt: Receipt) -> None:
    kept = record(receipt)[f"{DPV}hasStorageCondition"]
    durations = [(k[f"{DCT}subject"][0]["@value"], k[f"{DPV}hasDuration"][0]["@type"]) for k in kept]
    assert durations == [
        ("supply.alert/1", [f"{DPV}TemporalDuration"]),
        ("water.use/1", [f"{DPV}UntilEventDuration"]),
    ]


def test_titles_are_in_both_languages(receipt: Receipt) -> None:
    (service,) = record(receipt)[f"{DPV}hasService"]
    assert {t["@language"] for t in service[f"{DCT}title"]} == {"en", "fr"}


def test_a_withdrawal_is_a_second_status(host: Host, receipt: Receipt) -> None:
    host.withdraw(receipt.service.id)
    statuses = record(host.receipt(receipt.service.id))[f"{DPV}hasConsentStatus"]
    assert [s["@type"] for s in statuses] == [[f"{DPV}ConsentGiven"], [f"{DPV}ConsentWithdrawn"]]


@pytest.mark.parametrize("state", get_args(State))
def test_every_state_has_a_term_and_only_a_persons_doing_is_theirs(receipt: Receipt, state: State) -> None:
    event = receipt.events[0].model_copy(update={"state": state})
    document = to_jsonld(receipt.model_copy(update={"events": (event,), "given_by": "legal_representative"}))
    assert problems(document) == []
    (status,) = document["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"]
    by_itself = state in ("expired", "superseded", "suspended")
    assert status.get("dpv:isIndicatedBy") == (None if by_itself else "dpv:Representative")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_purpose_is_one_of_the_vocabulary(receipt: Receipt, purpose: str) -> None:
    processes = tuple(p.model_copy(update={"purpose": purpose}) for p in receipt.processes)
    document = to_jsonld(receipt.model_copy(update={"processes": processes}))
    term = document["dpv:hasRecordOfActivity"]["dpv:hasProcess"][0]["dpv:hasPurpose"]
    assert term.removeprefix("dpv:").lower() == purpose.replace("_", "")
    assert problems(document) == []


def test_the_context_is_not_changed_by_reading_it(receipt: Receipt) -> None:
    before = deepcopy(CONTEXT)
    expanded(to_jsonld(receipt))
    assert before == CONTEXT


def test_a_deferred_need_is_neither_given_nor_refused(host: Host, coach: Manifest) -> None:
    host.grant(coach, Terms(items={"water": Item(decision="given")}))
    home, _ = record(host.receipt(coach.id))[f"{DPV}hasProcess"]
    assert home[f"{DPV}hasConsentStatus"][0]["@type"] == [f"{DPV}ConsentRequestDeferred"]
