"""The extension property `rc.deadline` names a parameter that the site doesn't have.

Wrong: `rc.deadline` = `P-T99`, or `T05`.
Right: `rc.deadline` = `P-T05`, as the page of parameters lists it.

Only asked where the caller says what the site has.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace

from service.errors import Finding, Severity
from service.lint.deployment import Deployment, at

PROPERTY = "rc.deadline"


def check(deployment: Deployment) -> Iterator[Finding]:
    """Return an error for each such element."""
    known = deployment.parameters
    if known is None:
        return
    for process, element in deployment.elements():
        wanted = element.properties.get(PROPERTY)
        if wanted is not None and wanted not in known:
            nearest = difflib.get_close_matches(wanted, sorted(known), 1, 0.0)
            found = at(
                process, element, "lint_deadline_unknown", PROPERTY, parameter=wanted, nearest=", ".join(nearest)
            )
            yield replace(found, severity=Severity.ERROR)
