"""The personal store: records of one person as pages over any cloud."""

from __future__ import annotations

from .edit import Counts
from .overlap import LeftOut
from .store import Holding, PersonalStore, Reading, Undone, Written

__all__ = ["Counts", "Holding", "LeftOut", "PersonalStore", "Reading", "Undone", "Written"]
