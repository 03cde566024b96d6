"""The tab of a case with its archives: who asked for one, who agreed, what can be downloaded."""

from __future__ import annotations

from typing import Any

from flask import url_for

from service.casework import archives
from service.casework.archives import Kind
from service.casework.case_files import CaseView
from service.runtime.unit import UnitOfWork
from service.web import request
from service.web.words import N_, gettext

KINDS: dict[Kind, str] = {
    Kind.ARCHIVE: N_("Whole archive, for filing"),
    Kind.EXPORT: N_("Export, without reasons and opinions of the meeting"),
}


def tab(unit: UnitOfWork, case: CaseView) -> dict[str, Any]:
    """Return what the tab of a case shows."""
    key = case.summary.key
    called = request.Called(unit)
    last = archives.last_change(unit, key).sequence
    actor = request.actor()
    may_decide = archives.may_decide(unit, key)
    rows = [
        {
            "kind": gettext(KINDS[Kind(row.kind)]),
            "reason": row.reason,
            "by": called(row.requested_by),
            "at": row.requested_at,
            "decided_by": called(row.decided_by) if row.decided_by else None,
            "decided_at": row.decided_at,
            "approved": row.approved,
            "outdated": bool(row.approved) and row.sequence != last,
            "sha256": row.sha256,
            "decide": url_for("archives.decide", key=row.key)
            if may_decide and row.decided_by is None and row.requested_by != actor.name
            else None,
            "download": url_for("archives.download", key=row.key)
            if row.approved and row.sequence == last and archives.may_ask(unit, key, Kind(row.kind))
            else None,
        }
        for row in archives.requests(unit, key)
    ]
    kinds = [(kind.value, gettext(text)) for kind, text in KINDS.items() if archives.may_ask(unit, key, kind)]
    return {"requests": rows, "kinds": kinds}
