"""Tests mirror `service/`, plus `conformance/` (outside suites) and `processes/` (shipped models played through)."""
