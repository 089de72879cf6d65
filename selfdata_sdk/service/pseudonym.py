"""The type of a field of which a service is given a pseudonym only."""

from __future__ import annotations

from typing import NewType

Pseudonym = NewType("Pseudonym", str)
"""In a row: what stands for an identifier or a third person.

`number: str` asks for the number itself; `number: Pseudonym` for a pseudonym: the same value has the same one for a
service, in every record type and at every run, and others for other services. Supply points are given only so.
"""
