"""Imports: models that use one another's types, functions and decisions are compiled in order of need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from service.dmn import reader
from service.dmn.model import Import, Model
from service.errors import Finding, Severity


def link(models: Sequence[Model]) -> tuple[Model, ...]:
    """The models with their imports resolved among one another, in the same order.

    An import names a namespace; as the Modeler gives all files the same one, several candidates are told apart by the
    import's location or name. What is missing, ambiguous or circular is a finding of the importing model.
    """
    linked: dict[int, Model] = {}

    def resolve(position: int, importing: tuple[int, ...]) -> Model:
        if position in linked:
            return linked[position]
        model = models[position]
        if not model.imports:
            linked[position] = model
            return model
        found: dict[str, Model] = {}
        findings: list[Finding] = []
        for one in model.imports:
            candidates = _candidates(one, position, models)
            if len(candidates) != 1:
                code = "dmn_import_ambiguous" if candidates else "dmn_import_missing"
                findings.append(_finding(code, model, one))
            elif candidates[0] in importing:
                findings.append(_finding("dmn_import_cycle", model, one))
            else:
                found[one.name] = resolve(candidates[0], (*importing, candidates[0]))
        read = reader.read(model.xml, model.file, found, model.names)
        linked[position] = replace(read, findings=(*read.findings, *findings))
        return linked[position]

    return tuple(resolve(position, (position,)) for position in range(len(models)))


def _candidates(one: Import, position: int, models: Sequence[Model]) -> list[int]:
    same = [other for other, model in enumerate(models) if other != position and model.namespace == one.namespace]
    if len(same) > 1:
        file = PurePath(one.location).name
        by_file = [other for other in same if file and PurePath(models[other].file).name == file]
        by_name = [other for other in same if models[other].name == one.name]
        same = by_file or by_name or same
    return same


def _finding(code: str, model: Model, one: Import) -> Finding:
    facts = {"name": one.name, "namespace": one.namespace}
    return Finding(code, Severity.ERROR, model.file, None, one.name, "import", one.line, facts)
