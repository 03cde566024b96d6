"""A part of the process with scope and events of its own; `triggeredByEvent` makes it an event sub-process."""

from __future__ import annotations

from service.bpmn.elements.scope import ScopeSpec


class SubProcessSpec(ScopeSpec):
    @property
    def is_handler(self) -> bool:  # type: ignore[override]
        return self.element.type == "EVENT_SUB_PROCESS"
