"""A receipt in the terms of the Data Privacy Vocabulary (W3C DPV 2), as JSON-LD.

After the guide of its community group to ISO/IEC TS 27560:2023, https://w3id.org/dpv/guides/consent-27560. What the
vocabulary has no term for (how fine, how far back) is under `sd:`, whose terms are URNs. The context is inside, so
that nothing is fetched to read it.
"""

from __future__ import annotations

from typing import Any

from .grant import State
from .receipt import Process, Receipt

CONTEXT: dict[str, Any] = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sd": "urn:selfdata:term:",
    "dct:issued": {"@type": "xsd:dateTime"},
    "dct:valid": {"@type": "xsd:dateTime"},
    "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime"},
    "sd:back": {"@type": "xsd:duration"},
    "sd:retention": {"@type": "xsd:duration"},
    "dct:source": {"@type": "@id"},
    "dct:license": {},
    **{
        f"dpv:{name}": {"@type": "@id"}
        for name in ("hasPurpose", "hasNecessity", "hasLegalBasis", "hasRight", "hasJurisdiction", "isIndicatedBy")
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
    "superseded": "ConsentInvalidated",
    "suspended": "ConsentUnknown",
}
_ROLES = {"local_only": "DataController", "controller": "DataController", "processor": "DataProcessor"}
_RIGHTS = ("A7-3", "A15", "A16", "A17", "A18", "A20", "A21", "A77")


def to_jsonld(receipt: Receipt) -> dict[str, Any]:
    """The receipt as a JSON-LD document."""
    publisher = receipt.publisher
    role = _ROLES[publisher.role]
    entity = _present(
        {
            "@type": f"dpv:{role}",
            "dct:title": publisher.name,
            "dpv:hasContact": publisher.contact,
            "dct:spatial": publisher.country,
            "dpv:hasPolicy": publisher.privacy,
        }
    )
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{receipt.id}",
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": "ISO/IEC TS 27560:2023",
        "dct:identifier": receipt.id,
        "dct:issued": receipt.issued_at.isoformat(),
        "dct:language": receipt.language,
        "dct:isPartOf": {
            "@id": f"urn:uuid:{receipt.record}",
            "@type": "dpv:ConsentRecord",
            "dct:identifier": receipt.record,
            "dct:hasVersion": receipt.revision,
        },
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dct:identifier": receipt.person},
        f"dpv:has{role}": entity,
        "dpv:hasJurisdiction": f"loc:{receipt.jurisdiction}",
        "dpv:hasLegalBasis": "eu-gdpr:A6-1-a",
        "dpv:hasNotice": {
            "@type": "dpv:ConsentNotice",
            "dct:language": receipt.notice.language,
            "sd:sha256": receipt.notice.digest,
        },
        "dpv:hasService": _present(
            {
                "@type": "dpv:Service",
                "dct:identifier": receipt.service.id,
                "dct:hasVersion": receipt.service.version,
                "dct:title": _texts(receipt.service.name),
                "dct:description": _texts(receipt.service.summary),
                "dct:license": receipt.service.licence,
                "dct:source": receipt.service.source,
            }
        ),
        "dpv:hasProcess": [_process(p, receipt) for p in receipt.processes],
        "dpv:hasConsentStatus": [
            {
                "@type": f"dpv:{_STATUS[event.state]}",
                "dpv:isIndicatedAtTime": event.at.isoformat(),
                "dpv:isIndicatedBy": "dpv:DataSubject" if receipt.given_by == "self" else "dpv:Representative",
                "dpv:hasIndicationMethod": event.method,
            }
            for event in receipt.events
        ],
        "dct:valid": receipt.expires_at.isoformat(),
        "dpv:hasRight": [f"eu-gdpr:{right}" for right in _RIGHTS],
        "dpv:hasAuthority": {"@type": "dpv:DataProtectionAuthority", "dct:identifier": receipt.authority},
        "sd:withdraw": receipt.withdraw,
        "sd:integrity": _present(
            {
                "sd:sha256": receipt.integrity.grant,
                "sd:sequence": receipt.integrity.sequence,
                "sd:head": receipt.integrity.head,
            }
        ),
    }


def _process(process: Process, receipt: Receipt) -> dict[str, Any]:
    status: State = process.decision
    return _present(
        {
            "@type": "dpv:Process",
            "dct:identifier": process.need,
            "dct:title": _texts(process.title),
            "dct:description": _texts(process.why),
            "dpv:hasConsentStatus": {"@type": f"dpv:{_STATUS[status]}"},
            "dpv:hasPurpose": "dpv:" + "".join(word.capitalize() for word in process.purpose.split("_")),
            "dpv:hasPersonalData": [
                {
                    "@type": "dpv:PseudonymisedData" if name in process.pseudonyms else "dpv:PersonalData",
                    "dct:identifier": f"{process.record_type}#{name}",
                }
                for name in process.fields
            ],
            "dpv:hasNecessity": "dpv:Required" if process.required else "dpv:Optional",
            "dpv:hasStorageCondition": {
                "@type": "dpv:StorageCondition",
                "dpv:hasLocation": {"@type": "dpv:WithinDevice"},
            },
            "dpv:hasDataSource": {"@type": "dpv:DataSubjectDataSource"},
            "dpv:hasRecipient": [],
            "sd:granularity": process.granularity,
            "sd:precision": process.precision,
            "sd:back": list(process.back),
            "sd:ongoing": process.ongoing,
            "sd:where": [f"{name}={value}" for name, values in process.where.items() for value in values],
            "sd:retention": [k.retention for k in receipt.kept if k.retention],
        }
    )


def _texts(text: Any) -> list[dict[str, str]]:
    return [{"@value": text.en, "@language": "en"}, {"@value": text.fr, "@language": "fr"}]


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
