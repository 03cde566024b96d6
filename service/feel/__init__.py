"""FEEL, the expression language: text to syntax tree to value. Knows no database, settings, network or wall clock.

`parse` and `parse_unary_tests` give an immutable `Expression` or `UnaryTests`, compiled once; `evaluate` gives the
value and why parts of it are null. A FEEL error is never an exception, but for `FeelSyntaxError` (the text is not
FEEL) and `AssertionFailed` (`assert()` did not hold). A new builtin goes into `builtins`.
"""

from service.feel import codec, temporal, types
from service.feel.builtins import BUILTINS
from service.feel.diagnostics import AssertionFailed, Diagnostic, Failure, FeelSyntaxError
from service.feel.evaluation import Environment, Run, Scope, invoke
from service.feel.expressions import Expression, Result, UnaryTests, parse, parse_unary_tests
from service.feel.interpreter import matches
from service.feel.parser import parse_type
from service.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from service.feel.types import Type
from service.feel.values import (
    NUMBERS,
    Function,
    Range,
    Value,
    compare,
    equal,
    from_python,
    number_text,
    string,
    type_name,
)

__all__ = [
    "BUILTINS",
    "NUMBERS",
    "AssertionFailed",
    "Date",
    "DateTime",
    "DaysTimeDuration",
    "Diagnostic",
    "Environment",
    "Expression",
    "Failure",
    "FeelSyntaxError",
    "Function",
    "Range",
    "Result",
    "Run",
    "Scope",
    "Time",
    "Type",
    "UnaryTests",
    "Value",
    "YearsMonthsDuration",
    "codec",
    "compare",
    "equal",
    "from_python",
    "invoke",
    "matches",
    "number_text",
    "parse",
    "parse_type",
    "parse_unary_tests",
    "string",
    "temporal",
    "type_name",
    "types",
]
