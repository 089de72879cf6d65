"""What data may be used for: terms of the Data Privacy Vocabulary (W3C DPV 2), written in snake case."""

from __future__ import annotations

from typing import Literal

from selfdata_sdk.model.text import Text

Purpose = Literal[
    "requested_service_provision",
    "service_personalisation",
    "service_optimisation",
    "optimisation_for_consumer",
    "personalised_benefits",
    "record_management",
    "communication_management",
    "repair_impairments",
    "fraud_prevention_and_detection",
    "rights_fulfilment",
    "legal_compliance",
    "non_commercial_research",
    "academic_research",
]

PURPOSES: dict[Purpose, Text] = {
    "requested_service_provision": Text(en="to give the service you asked for", fr="pour rendre le service demandé"),
    "service_personalisation": Text(en="to fit the service to you", fr="pour adapter le service à vous"),
    "service_optimisation": Text(en="to make the service better", fr="pour améliorer le service"),
    "optimisation_for_consumer": Text(
        en="to save you money or effort", fr="pour vous faire économiser argent ou efforts"
    ),
    "personalised_benefits": Text(
        en="to find benefits you are entitled to", fr="pour trouver des avantages auxquels vous avez droit"
    ),
    "record_management": Text(en="to keep your records in order", fr="pour tenir vos dossiers en ordre"),
    "communication_management": Text(en="to send you messages you want", fr="pour vous envoyer les messages voulus"),
    "repair_impairments": Text(en="to find and repair faults", fr="pour trouver et réparer des défauts"),
    "fraud_prevention_and_detection": Text(
        en="to find fraud against you", fr="pour repérer une fraude à votre encontre"
    ),
    "rights_fulfilment": Text(en="to help you use your rights", fr="pour vous aider à exercer vos droits"),
    "legal_compliance": Text(en="to meet a legal duty", fr="pour respecter une obligation légale"),
    "non_commercial_research": Text(en="for research without profit", fr="pour une recherche sans but lucratif"),
    "academic_research": Text(en="for academic research", fr="pour une recherche universitaire"),
}

REFUSED = (
    "advertising",
    "counter_money_laundering",
    "credit_checking",
    "direct_marketing",
    "maintain_credit_rating_database",
    "marketing",
    "personalised_advertising",
    "public_relations",
    "sell_data_to_third_parties",
    "sell_insights_from_data",
    "sell_products",
    "selling",
    "social_media_marketing",
    "solvency_scoring",
    "targeted_advertising",
)
"""Purposes that no person can be asked to agree to here."""
