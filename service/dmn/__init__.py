"""Decisions: DMN models read, linked and evaluated with FEEL. Pure.

`read` makes a model of a file, `link` resolves imports among models, `evaluate` gives a decision's value and why it is
that value. Faults of a model are its findings; the value of what cannot be computed is null, the reason a diagnostic.
A new boxed expression is a module in `boxed/` and a row of its table BOXED.
"""

from __future__ import annotations

from service.dmn.evaluation import evaluate, evaluate_function, evaluate_service
from service.dmn.explanation import AS_WRITTEN, Explanation, Sentence, Wording, explain, sentences
from service.dmn.health import Kind as HealthKind
from service.dmn.health import Observation
from service.dmn.health import check as health
from service.dmn.linking import link
from service.dmn.model import (
    Aggregation,
    BusinessKnowledgeModel,
    Decision,
    DecisionService,
    DecisionTable,
    HitPolicy,
    Import,
    InputColumn,
    InputData,
    Model,
    OutputColumn,
    Rule,
)
from service.dmn.reader import read
from service.dmn.trace import (
    Diagnostic,
    EvaluatedDecision,
    Evaluation,
    Failure,
    InputValue,
    MatchedRule,
    OutputValue,
    RuleNotMatched,
)

__all__ = [
    "AS_WRITTEN",
    "Aggregation",
    "BusinessKnowledgeModel",
    "Decision",
    "DecisionService",
    "DecisionTable",
    "Diagnostic",
    "EvaluatedDecision",
    "Evaluation",
    "Explanation",
    "Failure",
    "HealthKind",
    "HitPolicy",
    "Import",
    "InputColumn",
    "InputData",
    "InputValue",
    "MatchedRule",
    "Model",
    "Observation",
    "OutputColumn",
    "OutputValue",
    "Rule",
    "RuleNotMatched",
    "Sentence",
    "Wording",
    "evaluate",
    "evaluate_function",
    "evaluate_service",
    "explain",
    "health",
    "link",
    "read",
    "sentences",
]
