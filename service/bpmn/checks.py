"""Rules of BPMN that a process must keep to run as drawn; each breach is a finding at its element."""

from __future__ import annotations

from collections.abc import Mapping

from service.bpmn import circles
from service.bpmn.definition import Dialect, Element, ProcessDefinition
from service.bpmn.source import Source, reference

Sources = Mapping[str, Source]

_INTERMEDIATE_CATCH = {"message", "timer", "signal", "conditional", "link"}
_INTERMEDIATE_THROW = {"message", "signal", "escalation", "compensation", "link"}
_BOUNDARY = {"message", "timer", "signal", "conditional", "error", "escalation", "compensation", "cancel"}
_START = {"message", "timer", "signal", "conditional"}
_HANDLER_START = _START | {"error", "escalation", "compensation"}
_END = {"message", "signal", "error", "escalation", "compensation", "terminate", "cancel"}
_GATEWAYS = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
_SCOPES = {"subProcess", "transaction"}
_ACTIVITIES = {"task", "manualTask", "userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask",
               "businessRuleTask", "callActivity", "subProcess", "transaction"}  # fmt: skip


def check(
    definition: ProcessDefinition, sources: Sources, process: Source, flow_scopes: Mapping[str, str | None]
) -> None:
    """Report every breach in a process."""
    # The Modeler repeats every flow at its two ends; a file that never does is as good.
    lists_flows = any(
        child is not None
        for source in sources.values()
        for name in ("incoming", "outgoing")
        for child in [source.child(name)]
    )
    for element in definition.elements.values():
        source = sources[element.id]
        if not element.id:
            source.error("bpmn.element_without_id", "id", element=element.tag)
        _RULES_BY_TAG.get(element.tag, _nothing)(definition, element, source)
        _flows(definition, element, source)
        _named_flows(element, source, lists_flows)
        if element.multi_instance is not None and element.type == "EVENT_SUB_PROCESS":
            source.error("bpmn.event_sub_process_loop", "multiInstanceLoopCharacteristics")
    for flow_id, scope in flow_scopes.items():
        flow = definition.flows.get(flow_id)
        if flow is None:
            continue
        ends = {definition.elements[flow.source].parent, definition.elements[flow.target].parent}
        if ends != {scope} and len(ends) > 1:
            sources[flow_id].error("bpmn.flow_crosses_scope", "targetRef", source=flow.source, target=flow.target)
    _starts(definition, sources, process)
    _links(definition, sources)
    _rivals(definition, sources)
    if definition.dialect is Dialect.CAMUNDA_8 and process.context.modelled:
        for circle in circles.without_wait(definition):
            process.error("bpmn.circle_without_wait", "sequenceFlow", elements=", ".join(circle))


def _nothing(_definition: ProcessDefinition, _element: Element, _source: Source) -> None:
    pass


def _kind(element: Element) -> str:
    return "none" if element.event is None else element.event.kind


def _flows(definition: ProcessDefinition, element: Element, source: Source) -> None:
    if element.default is not None:
        if element.default not in element.outgoing:
            source.error("bpmn.default_not_outgoing", "default", value=element.default)
        elif definition.flows[element.default].condition is not None:
            source.error("bpmn.default_with_condition", "default", value=element.default)
    only = element.outgoing[0] if len(element.outgoing) == 1 else None
    if only is not None and element.tag not in _GATEWAYS and definition.flows[only].condition is not None:
        source.error("bpmn.conditional_flow_source", "outgoing", flow=only)
    if element.tag in _GATEWAYS and len(element.incoming) == 1 and len(element.outgoing) == 1:
        source.error("bpmn.gateway_without_parting", "outgoing")
    if element.tag in {"parallelGateway", "eventBasedGateway"}:
        for flow in element.outgoing:
            if definition.flows[flow].condition is not None:
                source.error("bpmn.condition_out_of_place", "conditionExpression", flow=flow)
    if element.for_compensation and (element.incoming or element.outgoing):
        source.error("bpmn.compensation_with_flow", "isForCompensation")
    if element.type == "EVENT_SUB_PROCESS" and (element.incoming or element.outgoing):
        source.error("bpmn.event_sub_process_flow", "triggeredByEvent")


def _named_flows(element: Element, source: Source, lists_flows: bool) -> None:
    """`incoming` and `outgoing` repeat what the flows say; where they contradict them, one of the two is wrong."""
    for name, flows in (("incoming", element.incoming), ("outgoing", element.outgoing)):
        for child in source.children(name):
            wanted = reference(child.text)
            if wanted and wanted not in flows:
                source.error("bpmn.flow_reference", name, value=wanted)
    if lists_flows:
        for name, flows in (("incoming", element.incoming), ("outgoing", element.outgoing)):
            named = {reference(child.text) for child in source.children(name)}
            for flow in flows:
                if flow not in named:
                    source.error("bpmn.flow_not_listed", name, value=flow)
    direction = source.attribute("gatewayDirection")
    many_in, many_out = len(element.incoming) > 1, len(element.outgoing) > 1
    fits = {
        "Converging": not many_out,
        "Diverging": not many_in,
        "Mixed": many_in and many_out,
    }
    if direction is not None and not fits.get(direction, True):
        source.error("bpmn.gateway_direction", "gatewayDirection", value=direction)


def _start(definition: ProcessDefinition, element: Element, source: Source) -> None:
    if element.incoming:
        source.error("bpmn.start_with_incoming", "incoming")
    kind = _kind(element)
    parent = None if element.parent is None else definition.elements.get(element.parent)
    if parent is not None and parent.type == "EVENT_SUB_PROCESS":
        if kind == "none":
            source.error("bpmn.event_sub_process_none_start", "eventDefinition")
        elif kind not in _HANDLER_START:
            source.error("bpmn.event_out_of_place", kind, kind=kind)
        if kind == "compensation" and parent.parent is None:
            source.error("bpmn.compensation_start_in_process", kind)
        if kind in {"error", "compensation"} and not source.flag("isInterrupting", True):
            source.error("bpmn.start_must_interrupt", "isInterrupting", kind=kind)
        _cycle_place(element, source, not element.interrupting)
        if kind == "message":
            _correlation(definition, element, source)
    elif parent is not None and kind != "none":
        source.error("bpmn.sub_process_start_event", kind, kind=kind)
    elif parent is None and kind not in {"none", *_START}:
        source.error("bpmn.event_out_of_place", kind, kind=kind)
    elif parent is None and kind == "conditional":
        source.error("bpmn.start_condition", "condition")
    elif parent is None and _timer_kind(element) == "duration" and definition.dialect is Dialect.CAMUNDA_8:
        source.error("bpmn.start_timer_duration", "timeDuration")


def _timer_kind(element: Element) -> str | None:
    event = element.event
    return None if event is None or event.timer is None else event.timer.kind


def _cycle_place(element: Element, source: Source, allowed: bool) -> None:
    if _timer_kind(element) == "cycle" and not allowed:
        source.error("bpmn.cycle_interrupting", "timeCycle")


def _correlation(definition: ProcessDefinition, element: Element, source: Source) -> None:
    """Camunda 8 finds the receiver by a key: without one, a message would take any instance."""
    if definition.dialect is Dialect.CAMUNDA_8 and element.event is not None and element.event.correlation_key is None:
        source.complain("bpmn.correlation_key_missing", "zeebe:subscription correlationKey")


def _end(definition: ProcessDefinition, element: Element, source: Source) -> None:
    if element.outgoing:
        source.error("bpmn.end_with_outgoing", "outgoing")
    kind = _kind(element)
    if kind not in {"none", *_END}:
        source.error("bpmn.event_out_of_place", kind, kind=kind)
    if kind == "cancel" and _around(definition, element, "transaction") is None:
        source.error("bpmn.cancel_outside_transaction", "cancelEventDefinition")
    _compensation_target(definition, element, source)


def _around(definition: ProcessDefinition, element: Element, tag: str) -> Element | None:
    scope = element.parent
    while scope is not None:
        found = definition.elements[scope]
        if found.tag == tag:
            return found
        scope = found.parent
    return None


def _compensation_target(definition: ProcessDefinition, element: Element, source: Source) -> None:
    event = element.event
    if event is not None and event.kind == "compensation" and event.activity is not None:
        target = definition.elements.get(event.activity)
        if target is None or target.tag not in _ACTIVITIES:
            source.error("bpmn.reference_missing", "activityRef", value=event.activity)
        elif target.parent not in _undone_from(definition, element):
            source.error("bpmn.compensation_out_of_scope", "activityRef", value=event.activity)
        elif target.tag not in _SCOPES and not any(
            other.attached_to == target.id and _kind(other) == "compensation" for other in definition.elements.values()
        ):
            source.error("bpmn.compensation_target_without_handler", "activityRef", value=event.activity)


def _undone_from(definition: ProcessDefinition, element: Element) -> set[str | None]:
    """The scopes whose activities a throw event can undo: its own, and from an event sub-process the one it handles."""
    scopes = {element.parent}
    scope = element.parent
    while scope is not None and definition.elements[scope].type == "EVENT_SUB_PROCESS":
        scope = definition.elements[scope].parent
        scopes.add(scope)
    return scopes


def _catch(definition: ProcessDefinition, element: Element, source: Source) -> None:
    kind = _kind(element)
    if kind not in _INTERMEDIATE_CATCH:
        code = "bpmn.event_without_definition" if kind == "none" else "bpmn.event_out_of_place"
        source.error(code, kind, kind=kind)
    _cycle_place(element, source, False)
    if kind == "message":
        _correlation(definition, element, source)
    if kind == "link" and element.incoming:
        source.error("bpmn.link_catch_incoming", "incoming")


def _throw(definition: ProcessDefinition, element: Element, source: Source) -> None:
    kind = _kind(element)
    if kind not in {"none", *_INTERMEDIATE_THROW}:
        source.error("bpmn.event_out_of_place", kind, kind=kind)
    if kind == "link" and element.outgoing:
        source.error("bpmn.link_throw_outgoing", "outgoing")
    _compensation_target(definition, element, source)


def _boundary(definition: ProcessDefinition, element: Element, source: Source) -> None:
    kind = _kind(element)
    host = definition.elements.get(element.attached_to or "")
    if host is None or host.tag not in _ACTIVITIES or host.parent != element.parent:
        source.error("bpmn.boundary_without_activity", "attachedToRef", value=element.attached_to or "")
    if kind not in _BOUNDARY:
        code = "bpmn.event_without_definition" if kind == "none" else "bpmn.event_out_of_place"
        source.error(code, kind, kind=kind)
    if element.incoming:
        source.error("bpmn.boundary_with_incoming", "incoming")
    if kind in {"error", "cancel", "compensation"} and not source.flag("cancelActivity", True):
        source.error("bpmn.boundary_must_interrupt", "cancelActivity", kind=kind)
    if kind == "cancel" and (host is None or host.tag != "transaction"):
        source.error("bpmn.cancel_outside_transaction", "cancelEventDefinition")
    if kind == "compensation":
        if element.outgoing:
            source.error("bpmn.compensation_with_flow", "outgoing")
        handler = definition.compensation_handlers.get(element.id)
        if handler is None or not definition.elements[handler].for_compensation:
            source.error("bpmn.compensation_without_handler", "association")
    _cycle_place(element, source, not element.interrupting)
    if kind == "message":
        _correlation(definition, element, source)


def _event_gateway(definition: ProcessDefinition, element: Element, source: Source) -> None:
    if source.flag("instantiate"):
        source.error("bpmn.instantiating_gateway", "instantiate")
    if source.attribute("eventGatewayType") == "Parallel":
        source.error("bpmn.instantiating_gateway", "eventGatewayType")
    if len(element.outgoing) < 2:
        source.error("bpmn.event_gateway_flows", "outgoing")
    for flow in element.outgoing:
        target = definition.elements[definition.flows[flow].target]
        catches = target.tag == "intermediateCatchEvent" and _kind(target) in _INTERMEDIATE_CATCH - {"link"}
        receives = target.tag == "receiveTask" and not any(
            other.attached_to == target.id for other in definition.elements.values()
        )
        if not (catches or receives):
            source.error("bpmn.event_gateway_target", "outgoing", target=target.id)
        elif len(target.incoming) > 1:
            source.error("bpmn.event_gateway_target_incoming", "outgoing", target=target.id)


def _receive(definition: ProcessDefinition, element: Element, source: Source) -> None:
    if element.event is None:
        source.error("bpmn.message_ref_missing", "messageRef")
    elif not source.flag("instantiate"):
        _correlation(definition, element, source)
    if source.flag("instantiate") and element.incoming:
        source.error("bpmn.start_with_incoming", "instantiate")


def _exclusive(definition: ProcessDefinition, element: Element, source: Source) -> None:
    if len(element.outgoing) < 2:
        return
    plain = [flow for flow in element.outgoing if flow != element.default and definition.flows[flow].condition is None]
    if definition.dialect is Dialect.CAMUNDA_7 and element.default is None and len(plain) == 1:
        return  # Camunda 7 takes it for the default flow
    for flow in plain:
        if definition.dialect is Dialect.CAMUNDA_8 or source.context.modelled:
            source.error("bpmn.flow_without_condition", "conditionExpression", flow=flow)


_RULES_BY_TAG = {
    "startEvent": _start,
    "endEvent": _end,
    "intermediateCatchEvent": _catch,
    "intermediateThrowEvent": _throw,
    "boundaryEvent": _boundary,
    "eventBasedGateway": _event_gateway,
    "receiveTask": _receive,
    "exclusiveGateway": _exclusive,
}


def _starts(definition: ProcessDefinition, sources: Sources, process: Source) -> None:
    for scope in [None, *(e.id for e in definition.elements.values() if e.tag in {"subProcess", "transaction"})]:
        inside = definition.in_scope(scope)
        starts = [e for e in inside if e.tag == "startEvent"]
        plain = [e for e in starts if e.event is None]
        owner = process if scope is None else sources[scope]
        for place in (owner, *(sources[element.id] for element in plain)) if len(plain) > 1 else ():
            place.error("bpmn.several_none_starts", "startEvent", count=len(plain))
        if not starts and scope is not None and definition.elements[scope].type != "EVENT_SUB_PROCESS":
            owner.error("bpmn.scope_without_start", "startEvent")
        if starts:
            for element in inside:
                if _unreached(element):
                    sources[element.id].error("bpmn.node_without_incoming", "incoming")
        if scope is not None and definition.elements[scope].type == "EVENT_SUB_PROCESS":
            if len(starts) != 1:
                owner.error("bpmn.event_sub_process_starts", "startEvent", count=len(starts))
        elif scope is None and not starts and not any(t.kind == "message" for t in definition.starts):
            owner.error("bpmn.process_without_start", "startEvent")


def _unreached(element: Element) -> bool:
    """Nothing leads to the element, and it isn't of those that begin by themselves."""
    link = element.tag == "intermediateCatchEvent" and _kind(element) == "link"
    begins = element.tag in {"startEvent", "boundaryEvent"} or element.type == "EVENT_SUB_PROCESS" or link
    return not (element.incoming or begins or element.for_compensation or element.tag == "receiveTask")


def _links(definition: ProcessDefinition, sources: Sources) -> None:
    targets: dict[tuple[str | None, str], list[Element]] = {}
    throws: list[tuple[tuple[str | None, str], Element]] = []
    for element in definition.elements.values():
        event = element.event
        if event is None or event.kind != "link" or event.name is None:
            continue
        place = (element.parent, str(event.name.value))
        if element.tag == "intermediateCatchEvent":
            targets.setdefault(place, []).append(element)
        else:
            throws.append((place, element))
    for (_, name), elements in targets.items():
        for element in elements if len(elements) > 1 else ():
            sources[element.id].error("bpmn.link_two_targets", "linkEventDefinition name", name=name)
    sent = {place for place, _ in throws}
    for place, elements in targets.items():
        if place not in sent:
            sources[elements[0].id].error("bpmn.link_without_source", "linkEventDefinition name", name=place[1])
    for place, element in throws:
        if place not in targets:
            sources[element.id].error("bpmn.link_without_target", "linkEventDefinition name", name=place[1])


def _rivals(definition: ProcessDefinition, sources: Sources) -> None:
    """Events that wait at one place for the very same thing: only one of them could have it."""
    places: dict[tuple[str, str | None], list[Element]] = {}
    for element in definition.elements.values():
        scope = None if element.parent is None else definition.elements[element.parent]
        if element.tag == "boundaryEvent":
            places.setdefault(("boundary", element.attached_to), []).append(element)
        elif element.tag == "startEvent" and scope is not None and scope.type == "EVENT_SUB_PROCESS":
            places.setdefault(("event sub-process", scope.parent), []).append(element)
        elif element.id in {trigger.element_id for trigger in definition.starts}:
            places.setdefault(("start", None), []).append(element)
        elif element.tag == "eventBasedGateway":
            targets = [definition.elements[definition.flows[flow].target] for flow in element.outgoing]
            places[("gateway", element.id)] = targets
    for (place, _), elements in places.items():
        first: dict[tuple[str, str | None], Element] = {}
        for element in elements:
            wanted = _wanted(element, place)
            if wanted is None:
                continue
            other = first.setdefault(wanted, element)
            if other is not element:
                sources[element.id].error(
                    "bpmn.same_event", wanted[0], kind=wanted[0], name=wanted[1] or "*", other=other.id
                )


def _wanted(element: Element, place: str) -> tuple[str, str | None] | None:
    """What an event waits for, where only one at a place can have it; None where several may, or nobody can tell."""
    event = element.event
    if event is None:
        return None
    if event.kind in {"compensation", "cancel"}:
        return event.kind, None
    if event.kind in {"error", "escalation"}:
        return event.kind, None if event.code is None else str(event.code.value)
    # A signal reaches all that wait for it; but a process starts by it only once.
    if event.kind == "message" or (event.kind == "signal" and place == "start"):
        return (event.kind, str(event.name.value)) if event.name is not None and event.name.is_static else None
    return None
