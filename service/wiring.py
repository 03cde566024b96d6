"""Builds the engine from the settings and everything that is plugged into it; nothing else knows all of them."""

from __future__ import annotations

import functools

from service.casework import document_templates, rule_versions
from service.casework.assignments import CaseAssignments
from service.casework.functions import FUNCTIONS
from service.casework.handlers import HANDLERS
from service.casework.parameters import definitions
from service.casework.records import CaseRecords
from service.runtime.engine import Clock, Engine
from service.runtime.unit import Plugins
from service.settings import Settings

PLUGINS = Plugins(
    handlers=HANDLERS,
    functions=FUNCTIONS,
    records=CaseRecords(),
    assignments=CaseAssignments(),
    parameters=frozenset(definitions()),
    rules_since=rule_versions.since,
)


@functools.cache
def _check_once() -> None:
    document_templates.check_shipped()


def engine(settings: Settings, clock: Clock | None = None) -> Engine:
    """Return the engine of an installation. Raises `Invalid` where a document template cannot be used."""
    _check_once()
    return Engine(
        settings.database,
        clock,
        PLUGINS,
        zone=settings.zone,
        second_person=not settings.is_demo,
    )
