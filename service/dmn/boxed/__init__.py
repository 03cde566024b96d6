"""Boxed expressions, one module a kind.

Each module has `read(element, names, reading)`, which compiles the element and notes faults as findings, and the class
it returns, whose `evaluate(scope, run)` gives the value. A new kind is a new module and an entry in BOXED.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from service.dmn.boxed import (
    conditional,
    context,
    decision_table,
    filter_,
    for_,
    function_definition,
    invocation,
    list_,
    literal_expression,
    quantified,
    relation,
)
from service.dmn.model import Logic
from service.dmn.reading import Element, Names, Reading

BOXED: Mapping[str, Callable[[Element, Names, Reading], Logic]] = {
    "literalExpression": literal_expression.read,
    "decisionTable": decision_table.read,
    "context": context.read,
    "list": list_.read,
    "relation": relation.read,
    "invocation": invocation.read,
    "functionDefinition": function_definition.read,
    "conditional": conditional.read,
    "for": for_.read,
    "some": quantified.read,
    "every": quantified.read,
    "filter": filter_.read,
}

__all__ = ["BOXED"]
