"""Tasks without work of their own: `task` and `manualTask` are passed through, as nothing tells when they are done."""

from __future__ import annotations

from service.bpmn.node import NodeSpec


class PassThroughSpec(NodeSpec):
    pass
