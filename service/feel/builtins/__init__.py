"""All builtins of FEEL by name, gathered from one module a section of the standard.

To add one, write a plain function in its section and enter it in the section's `FUNCTIONS`: FEEL name, function,
parameters. Arguments arrive checked and converted; a function without a value raises `Failure`, which becomes null with
a diagnostic.
"""

from __future__ import annotations

from dataclasses import replace

from service.feel.builtins import (
    boolean,
    context,
    conversion,
    extensions,
    list,
    numeric,
    range,
    string,
    temporal,
)
from service.feel.values import Function

BUILTINS: dict[str, Function] = {
    **conversion.FUNCTIONS,
    **boolean.FUNCTIONS,
    **string.FUNCTIONS,
    **list.FUNCTIONS,
    **numeric.FUNCTIONS,
    **temporal.FUNCTIONS,
    **range.FUNCTIONS,
    **context.FUNCTIONS,
    **extensions.FUNCTIONS,
}
_MOMENT = BUILTINS["date and time"]
BUILTINS["date and time"] = replace(_MOMENT, overloads=(*_MOMENT.overloads, extensions.IN_ZONE))
