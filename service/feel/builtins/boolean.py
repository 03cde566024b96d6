"""Boolean functions. DMN 1.5, 10.3.4.2."""

from __future__ import annotations

from service.feel.builtins.signature import builtin, table
from service.feel.values import Value


def not_(negand: Value) -> bool | None:
    """The opposite; null of what is no boolean."""
    return not negand if isinstance(negand, bool) else None


FUNCTIONS = table(builtin("not", not_, "negand: any or null"))
