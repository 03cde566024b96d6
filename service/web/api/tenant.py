"""There is one tenant; clients name it in every request."""

from __future__ import annotations

from service.errors import Invalid

TENANT = "<default>"


def check_tenant(given: object) -> None:
    """Raise `Invalid` for any tenant but the default one."""
    if given not in (None, "", TENANT):
        raise Invalid("api_tenant_unknown", tenant=str(given)[:80])
