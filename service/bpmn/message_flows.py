"""Message flows connect pools: one that doesn't, or that starts or ends where no message can, is a finding."""

from __future__ import annotations

from lxml import etree

from service.bpmn.source import BPMN, Context, Node, Source, local, reference

_ACTIVITIES = frozenset({"sendTask", "receiveTask", "serviceTask", "userTask", "scriptTask", "businessRuleTask", "task",
                         "manualTask", "callActivity", "subProcess", "transaction", "adHocSubProcess"})  # fmt: skip
_SENDS = _ACTIVITIES | {"intermediateThrowEvent", "endEvent"}
_RECEIVES = _ACTIVITIES | {"intermediateCatchEvent", "startEvent", "boundaryEvent"}


def check(context: Context, root: Node) -> None:
    """Report message flows inside one pool, and those that leave a catch event or enter a throw event."""
    pool_of: dict[str, str] = {}
    kind_of: dict[str, str] = {}
    for participant in root.iter(f"{{{BPMN}}}participant"):
        pool_of[participant.get("id") or ""] = participant.get("id") or ""
        process_id = reference(participant.get("processRef"))
        for process in root.iterchildren(f"{{{BPMN}}}process"):
            if process.get("id") == process_id:
                for node in process.iter(etree.Element):
                    pool_of[node.get("id") or ""] = participant.get("id") or ""
                    kind_of[node.get("id") or ""] = local(node)
    for node in root.iter(f"{{{BPMN}}}messageFlow"):
        flow = Source(context, node)
        ends = [reference(flow.attribute(name)) or "" for name in ("sourceRef", "targetRef")]
        pools = [pool_of.get(end) for end in ends]
        fits = kind_of.get(ends[0], "task") in _SENDS and kind_of.get(ends[1], "task") in _RECEIVES
        if None not in pools and (pools[0] == pools[1] or not fits):
            flow.error("bpmn.message_flow_end", "sourceRef", source=ends[0], target=ends[1])
