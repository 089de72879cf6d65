"""The service keeps every rule for services."""

from __future__ import annotations

from mobility_footprint import mobility_footprint

from selfdata_sdk.testing import service_tests

TestMobilityFootprint = service_tests(mobility_footprint)
