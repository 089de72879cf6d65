"""What tests of services, importers and clouds need. Only `strategies` needs hypothesis."""

from __future__ import annotations

from .running import run_on

__all__ = ["run_on"]
