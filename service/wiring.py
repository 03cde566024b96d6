"""Builds the engine from the settings and everything that is plugged into it; nothing else knows all of them."""

from __future__ import annotations

import functools
from dataclasses import replace

from service.auth import Vault
from service.casework import deployment_news, document_templates, rule_versions
from service.casework.assignments import CaseAssignments
from service.casework.case_material import CaseFileReaders
from service.casework.functions import FUNCTIONS
from service.casework.handlers import HANDLERS
from service.casework.parameters import definitions
from service.casework.records import CaseRecords
from service.runtime.engine import Clock, Engine
from service.runtime.file_types import ALLOWED, TYPES, FileRules
from service.runtime.unit import Plugins
from service.settings import BadSetting, Settings

PLUGINS = Plugins(
    handlers=HANDLERS,
    functions=FUNCTIONS,
    records=CaseRecords(),
    assignments=CaseAssignments(),
    files=CaseFileReaders(),
    parameters=frozenset(definitions()),
    rules_since=rule_versions.since,
    deployment_news=deployment_news.tell,
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
        replace(PLUGINS, vault=Vault(settings.identity_keys_file)),
        zone=settings.zone,
        second_person=settings.second_person,
        files=_files(settings),
    )


def _files(settings: Settings) -> FileRules:
    """Return what files the installation takes in. Raises `BadSetting` for an ending that nobody can recognise."""
    wanted = ALLOWED if settings.file_types is None else settings.file_types
    unknown = wanted - TYPES.keys()
    if unknown:
        raise BadSetting(
            "settings.unknown_file_type",
            variable="RONGCUO_FILE_TYPES",
            found=", ".join(sorted(unknown)),
            expected=", ".join(TYPES),
        )
    return FileRules(settings.file_limit, wanted)
