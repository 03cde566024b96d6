"""Message flows connect pools: one that doesn't, or that starts or ends where no message can, is a finding."""

from __future__ import annotations

from lxml import etree

from service.bpmn.source import BPMN, Context, Node, Source, local, reference

_ACTIVITIES = frozenset({"sendTask", "receiveTask", "serviceTask", "userTask", "scriptTask", "businessRuleTask", "task",
                         "manualTask", "callActivity", "subProcess", "transaction", "adHocSubProcess"})  # fmt: skip
_SENDS = _ACTIVITIES | {"intermediateThrowEvent", "endEvent"}
_RECEIVES = _ACTIVITIES | {"intermediateCatchEvent", "startEvent", "boundaryEvent"}
_EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})


def check(context: Context, root: Node) -> None:
    """Report message flows inside one pool or at an element without message, and impossible pools."""
    pool_of: dict[str, str] = {}
    kind_of: dict[str, str] = {}
    plain: set[str] = set()  # events that know no message
    for process in root.iterchildren(f"{{{BPMN}}}process"):
        for node in process.iter(etree.Element):
            pool_of[node.get("id") or ""] = process.get("id") or ""
            kind_of[node.get("id") or ""] = local(node)
            if local(node) in _EVENTS and node.find(f"{{{BPMN}}}messageEventDefinition") is None:
                plain.add(node.get("id") or "")
    for participant in root.iter(f"{{{BPMN}}}participant"):
        pool_of[participant.get("id") or ""] = participant.get("id") or ""
        process_id = reference(participant.get("processRef"))
        if process_id is not None:
            pool_of[participant.get("id") or ""] = process_id
    for node in root.iter(f"{{{BPMN}}}messageFlow"):
        flow = Source(context, node)
        ends = [reference(flow.attribute(name)) or "" for name in ("sourceRef", "targetRef")]
        pools = [pool_of.get(end) for end in ends]
        fits = kind_of.get(ends[0], "task") in _SENDS and kind_of.get(ends[1], "task") in _RECEIVES
        fits = fits and not plain & set(ends)
        if ends[0] == ends[1] or (None not in pools and (pools[0] == pools[1] or not fits)):
            flow.error("bpmn.message_flow_end", "sourceRef", source=ends[0], target=ends[1])
    for node in root.iter(f"{{{BPMN}}}participantMultiplicity"):
        least, most = (node.get(name) or default for name, default in (("minimum", "0"), ("maximum", "1")))
        if not (least.isdigit() and most.isdigit() and int(least) <= int(most)):
            Source(context, node).error("bpmn.participant_multiplicity", "minimum", minimum=least, maximum=most)
