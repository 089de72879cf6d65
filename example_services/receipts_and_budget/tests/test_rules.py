"""The service keeps every rule for services."""

from __future__ import annotations

from receipts_and_budget import receipts_and_budget

from selfdata_sdk.testing import service_tests

TestReceiptsAndBudget = service_tests(receipts_and_budget)
