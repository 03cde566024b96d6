"""Forms as the Modeler writes them, in short."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from service import feel, forms

ENVIRONMENT = feel.Environment(now=datetime(2026, 11, 25, 1, tzinfo=UTC), zone=ZoneInfo("Asia/Shanghai"))


def component(type_: str, key: str | None = None, **properties: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"type": type_, "id": f"Field_{key or type_}", **properties}
    if key is not None:
        found["path" if type_ in {"group", "dynamiclist"} else "key"] = key
        found.setdefault("label", key)
    return found


def a_file(*components: dict[str, Any], **head: Any) -> bytes:
    schema = {"id": "form", "type": "default", "schemaVersion": 19, "components": list(components), **head}
    return json.dumps(schema).encode()


def a_form(*components: dict[str, Any], **head: Any) -> forms.Form:
    form = forms.read(a_file(*components, **head), "a.form")
    assert form.findings == ()
    return form


def findings(*components: dict[str, Any], **head: Any) -> list[tuple[str, str | None, str | None]]:
    form = forms.read(a_file(*components, **head), "a.form")
    return [(found.code.removeprefix("forms."), found.element_id, found.property) for found in form.findings]
