"""Invented households that hang together: seeded, with planted truths, on any platform the same to the byte."""

from __future__ import annotations

from .households import households
from .invented import is_invented
from .ledger import Payment
from .life import persona
from .people import PERSONAS
from .persona import Link, Persona, Way
from .truth import KINDS, Truth

__all__ = ["KINDS", "PERSONAS", "Link", "Payment", "Persona", "Truth", "Way", "households", "is_invented", "persona"]
