"""A receipt in the terms of the Data Privacy Vocabulary (W3C DPV 2), as JSON-LD.

After the guide of its community group to ISO/IEC TS 27560:2023, https://w3id.org/dpv/guides/consent-27560: a receipt
around a record, which has one process per need. What the vocabulary has no term for (how fine, how far back) is under
`sd:`, whose terms are URNs. The context is inside, so that nothing is fetched to read it.
"""

from __future__ import annotations

from typing import Any

from selfdata_sdk.model.text import Text
from selfdata_sdk.service.manifest import Publisher

from .grant import Event, State
from .receipt import Kept, Process, Receipt

PROFILE = "https://w3id.org/dpv/schema/dpv-27560#"
CONTEXT: dict[str, Any] = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "legal-eu": "https://w3id.org/dpv/legal/eu#",
    "loc": "https://w3id.org/dpv/loc#",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sd": "urn:selfdata:term:",
    **{name: {"@type": "xsd:dateTime"} for name in ("dct:created", "dct:valid", "dpv:isIndicatedAtTime")},
    **{name: {"@type": "xsd:duration"} for name in ("sd:back", "sd:unusedAfter")},
    **{name: {"@type": "@id"} for name in ("dct:conformsTo", "dct:source")},
    **{
        f"dpv:{name}": {"@type": "@id"}
        for name in (
            "hasApplicableLaw",
            "hasCountry",
            "hasDataSource",
            "hasFrequency",
            "hasJurisdiction",
            "hasLegalBasis",
            "hasLocation",
            "hasNecessity",
            "hasProcessing",
            "hasPurpose",
            "hasRight",
            "isIndicatedBy",
        )
    },
}
_STATUS: dict[State, str] = {
    "requested": "ConsentRequested",
    "deferred": "ConsentRequestDeferred",
    "given": "ConsentGiven",
    "renewed": "RenewedConsentGiven",
    "refused": "ConsentRefused",
    "withdrawn": "ConsentWithdrawn",
    "expired": "ConsentExpired",
    "invalidated": "ConsentInvalidated",
    # The vocabulary has nothing closer.
    "superseded": "ConsentStatusInvalidForProcessing",
    "suspended": "ConsentStatusInvalidForProcessing",
}
_ROLES = {"local_only": "DataController", "controller": "DataController", "processor": "DataProcessor"}
_RIGHTS = ("A7-3", "A15", "A16", "A17", "A18", "A19", "A20", "A21", "A22", "A77")


def to_jsonld(receipt: Receipt) -> dict[str, Any]:
    """The receipt as a JSON-LD document."""
    integrity = receipt.integrity
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{receipt.id}",
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": f"{PROFILE}receipt",
        "dpv:hasIdentifier": receipt.id,
        "dct:created": receipt.issued_at.isoformat(),
        "dpv:hasRecordOfActivity": _record(receipt),
        "sd:integrity": _present(
            {"sd:sha256": integrity.grant, "sd:sequence": integrity.sequence, "sd:head": integrity.head}
        ),
    }


def _record(receipt: Receipt) -> dict[str, Any]:
    service, role = receipt.service, _ROLES[receipt.publisher.role]
    return _present(
        {
            "@id": f"urn:uuid:{receipt.record}",
            "@type": "dpv:ConsentRecord",
            "dct:conformsTo": f"{PROFILE}record",
            "dpv:hasIdentifier": receipt.record,
            "dct:hasVersion": receipt.revision,
            "dct:language": receipt.language,
            "dct:valid": receipt.expires_at.isoformat(),
            "sd:unusedAfter": receipt.unused_after,
            "dpv:hasFrequency": "dpv:SingularFrequency" if receipt.once else None,
            "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dpv:hasIdentifier": receipt.person},
            f"dpv:has{role}": _entity(receipt.publisher, role),
            "dpv:hasJurisdiction": f"loc:{receipt.jurisdiction}",
            "dpv:hasApplicableLaw": "legal-eu:law-GDPR",
            "dpv:hasLegalBasis": "eu-gdpr:A6-1-a",
            "dpv:hasNotice": {
                "@type": "dpv:ConsentNotice",
                "dct:language": receipt.notice.language,
                "sd:sha256": receipt.notice.digest,
            },
            "dpv:hasService": _present(
                {
                    "@type": "dpv:Service",
                    "dpv:hasIdentifier": service.id,
                    "dct:hasVersion": service.version,
                    "dct:title": _texts(service.name),
                    "dct:description": _texts(service.summary),
                    "dct:license": service.licence,
                    "dct:source": service.source,
                }
            ),
            "dpv:hasProcess": [_process(p, receipt) for p in receipt.processes],
            "dpv:hasStorageCondition": [_kept(k) for k in receipt.kept],
            "dpv:hasConsentStatus": [_status(event, receipt) for event in receipt.events],
            "dpv:hasConsentControl": {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": receipt.withdraw},
            "dpv:hasRight": [f"eu-gdpr:{right}" for right in _RIGHTS],
            "dpv:hasAuthority": {"@id": receipt.authority, "@type": "dpv:DataProtectionAuthority"},
        }
    )


def _entity(publisher: Publisher, role: str) -> dict[str, Any]:
    privacy = {"@id": publisher.privacy, "@type": "dpv:PrivacyNotice"}
    return _present(
        {
            "@type": f"dpv:{role}",
            "dpv:hasName": publisher.name,
            "dpv:hasContact": publisher.contact,
            "dpv:hasCountry": f"loc:{publisher.country}" if publisher.country else None,
            "dpv:hasNotice": privacy if publisher.privacy else None,
        }
    )


def _process(process: Process, receipt: Receipt) -> dict[str, Any]:
    combined = process.decision == "given" and bool(receipt.combines)
    return _present(
        {
            "@type": "dpv:Process",
            "dpv:hasIdentifier": process.need,
            "dct:title": _texts(process.title),
            "dct:description": _texts(process.why),
            "dct:valid": process.until.isoformat() if process.until else None,
            "dpv:hasConsentStatus": {"@type": f"dpv:{_STATUS[process.decision]}"},
            "dpv:hasPurpose": f"dpv:{_camel(process.purpose)}",
            "dpv:hasProcessing": ["dpv:Use", "dpv:Combine"] if combined else ["dpv:Use"],
            "dpv:hasPersonalData": [
                {
                    "@type": "dpv:PseudonymisedData" if name in process.pseudonyms else "dpv:PersonalData",
                    "dpv:hasIdentifier": f"{process.record_type}#{name}",
                }
                for name in process.fields
            ],
            "dpv:hasNecessity": "dpv:Required" if process.required else "dpv:Optional",
            "dpv:hasDataSource": "dpv:DataSubjectDataSource",
            "dpv:hasStorageCondition": {
                "@type": "dpv:StorageLocation",
                # Of the person's own, be it on a device of theirs or rented.
                "dpv:hasLocation": "dpv:WithinVirtualEnvironment",
            },
            "dpv:hasRecipient": [],
            "sd:granularity": process.granularity,
            "sd:atWorst": process.at_worst,
            "sd:precision": process.precision,
            "sd:back": list(process.back),
            "sd:ongoing": process.ongoing,
            "sd:where": [f"{name}={value}" for name, values in process.where.items() for value in values],
            "sd:without": _texts(process.without) if process.without else None,
        }
    )


def _kept(kept: Kept) -> dict[str, Any]:
    """For how long what the service saves is stored."""
    if kept.retention:
        duration = {"@type": "dpv:TemporalDuration", "rdf:value": kept.retention}
    else:
        duration = {"@type": "dpv:UntilEventDuration", "rdf:value": "erased by the person"}
    return {"@type": "dpv:StorageDuration", "dct:subject": kept.record_type, "dpv:hasDuration": duration}


def _status(event: Event, receipt: Receipt) -> dict[str, Any]:
    giver = "dpv:DataSubject" if receipt.given_by == "self" else "dpv:Representative"
    by_itself = event.state in ("expired", "superseded", "suspended")
    return _present(
        {
            "@type": f"dpv:{_STATUS[event.state]}",
            "dpv:isIndicatedAtTime": event.at.isoformat(),
            "dpv:isIndicatedBy": None if by_itself else giver,
            "dpv:hasIndicationMethod": event.method,
        }
    )


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _texts(text: Text) -> list[dict[str, str]]:
    return [{"@value": text.en, "@language": "en"}, {"@value": text.fr, "@language": "fr"}]


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
