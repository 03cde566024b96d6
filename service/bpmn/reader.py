"""BPMN XML to definitions: everything a file says is either understood, only drawn, or a finding that names it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, cast

from lxml import etree

from service.bpmn import allowed, checks, expressions, message_flows, properties
from service.bpmn.definition import (
    Assignment,
    Dialect,
    Element,
    EventDefinition,
    File,
    Flow,
    FormRef,
    Mappings,
    MultiInstance,
    ProcessDefinition,
    StartTrigger,
)
from service.bpmn.elements import ELEMENTS
from service.bpmn.elements.call_activity import read_lines
from service.bpmn.elements.service_task import read_priority
from service.bpmn.expressions import Expression
from service.bpmn.source import (
    BPMN,
    CAMUNDA,
    MODELER,
    PREFIX,
    XSI,
    ZEEBE,
    Context,
    Node,
    Source,
    local,
    namespace,
    reference,
)
from service.bpmn.timers import TimerDefinition, is_cycle, moment, period
from service.errors import Invalid, Severity, TooLarge

SIZE_LIMIT = 10 * 1024 * 1024  # bytes of one file
DEPTH_LIMIT = 200  # elements inside one another

REFUSED_ELEMENTS = {
    "complexGateway": "bpmn.complex_gateway",
    "adHocSubProcess": "bpmn.ad_hoc_sub_process",
    "callChoreography": "bpmn.element_unsupported",
    "choreographyTask": "bpmn.element_unsupported",
    "subChoreography": "bpmn.element_unsupported",
    "implicitThrowEvent": "bpmn.element_unsupported",
    "event": "bpmn.element_unsupported",
}
_ROOT_KINDS = ("message", "signal", "error", "escalation", *allowed.EVENT_DEFINITIONS)
_EVEN_IN_A_DRAWING = {
    "bpmn.duplicate_id",
    "bpmn.element_unsupported",
    "bpmn.message_flow_end",
    "bpmn.participant_multiplicity",
}
_TYPE_NAMES = {"transaction": "SUB_PROCESS"}


def read(xml: bytes, file: str, names: frozenset[str] = frozenset()) -> File:
    """Read one BPMN file.

    `names` are the names with spaces or operators that FEEL must know (functions of the domain). What is wrong with the
    diagram stands in the findings. Raises `Invalid` for what isn't BPMN XML or uses a DTD or entities, `TooLarge`.
    """
    root = _parse(xml, file)
    dialect, platform_version = _dialect(root)
    context = Context(file, dialect, names, modelled=platform_version is not None)
    for kind in _ROOT_KINDS:
        for node in root.iterchildren(f"{{{BPMN}}}{kind}"):
            if node.get("id"):
                context.roots[node.get("id")] = node
    _platform(context, root)
    _duplicate_ids(context, root)
    for node in root.iterchildren():
        if namespace(node) == BPMN and local(node) not in allowed.CHILDREN["definitions"]:
            Source(context, node).error("bpmn.element_unsupported", local(node), element=local(node))
    processes: list[ProcessDefinition] = []
    drawn: list[Node] = []
    nodes = list(root.iterchildren(f"{{{BPMN}}}process"))
    for node in nodes:
        source = Source(context, node)
        if source.flag("isExecutable"):
            processes.append(_process(context, source))
        else:
            drawn.append(node)
    _extensions(context, root, set(drawn))
    message_flows.check(context, root)
    if not processes:
        # A drawing is stored and shown: what it would need to run isn't asked of it.
        context.findings = [f for f in context.findings if f.code in _EVEN_IN_A_DRAWING]
        Source(context, nodes[0] if nodes else root).warning("bpmn.nothing_executable", "isExecutable")
    return File(
        name=file,
        dialect=dialect,
        processes=tuple(processes),
        findings=tuple(context.findings),
        drawing=not processes,
        platform_version=platform_version,
        process_ids=tuple(node.get("id") or "" for node in nodes),
    )


def _parse(xml: bytes, file: str) -> Node:
    if len(xml) > SIZE_LIMIT:
        raise TooLarge("bpmn.file_too_large", file=file, size=len(xml), limit=SIZE_LIMIT)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        raise Invalid("bpmn.xml_broken", file=file, line=line, column=column, reason=str(error.msg)) from error
    except ValueError as error:
        raise Invalid("bpmn.xml_broken", file=file, line=1, column=1, reason=str(error)) from error
    if cast(Any, root.getroottree().docinfo).doctype:
        raise Invalid("bpmn.xml_doctype", file=file)
    if root.tag != f"{{{BPMN}}}definitions":
        raise Invalid("bpmn.not_bpmn", file=file, found=root.tag)
    _not_too_deep(root, file)
    return root


def _not_too_deep(root: Node, file: str) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEPTH_LIMIT:
            raise Invalid("bpmn.xml_too_deep", file=file, limit=DEPTH_LIMIT)


def _dialect(root: Node) -> tuple[Dialect, str | None]:
    """Whose dialect a file is: executionPlatform, else the namespace it declares, else Camunda 8."""
    platform = root.get(f"{{{MODELER}}}executionPlatform")
    version = root.get(f"{{{MODELER}}}executionPlatformVersion")
    if platform == "Camunda Platform":
        return Dialect.CAMUNDA_7, version
    if platform is None:
        declared = set(root.nsmap.values())
        for node in root.iter():
            declared |= set(node.nsmap.values()) if node.prefix not in root.nsmap else set()
        if ZEEBE not in declared and CAMUNDA in declared:
            return Dialect.CAMUNDA_7, version
        if ZEEBE not in declared and _looks_like_juel(root):
            return Dialect.CAMUNDA_7, version
    return Dialect.CAMUNDA_8, version


def _looks_like_juel(root: Node) -> bool:
    """A plain file whose expressions are written `${…}` means Camunda 7 or its heirs; Camunda 8 has no such text."""
    for node in root.iter(*(f"{{{BPMN}}}{tag}" for tag in _EXPRESSIONS)):
        text = "".join(node.itertext()).strip()
        if text and not text.startswith("="):
            return True
    return any(
        node.find(f"{{{BPMN}}}extensionElements") is None
        for tag in ("callActivity", "scriptTask", "businessRuleTask")
        for node in root.iter(f"{{{BPMN}}}{tag}")
    )


_EXPRESSIONS = ("conditionExpression", "condition", "loopCardinality", "completionCondition")


def _platform(context: Context, root: Node) -> None:
    platform = root.get(f"{{{MODELER}}}executionPlatform")
    if platform is not None and platform not in {"Camunda Cloud", "Camunda Platform"}:
        Source(context, root).error("bpmn.platform_unknown", "modeler:executionPlatform", value=platform)
    elif platform is None:
        Source(context, root).warning("bpmn.platform_missing", "modeler:executionPlatform")


def _duplicate_ids(context: Context, root: Node) -> None:
    ids = Counter(node.get("id") for node in root.iter() if node.get("id") and namespace(node) == BPMN)
    for node in root.iter():
        if namespace(node) == BPMN and ids.get(node.get("id"), 0) > 1:
            Source(context, node).error("bpmn.duplicate_id", "id", value=node.get("id"))
            ids[node.get("id")] = 0


def _extensions(context: Context, root: Node, drawn: set[Node]) -> None:
    """Walk the whole file but for drawings: every extension node and attribute of a dialect is read by someone."""
    pending: list[tuple[Node, Source | None]] = [(root, None)]
    while pending:
        node, owner = pending.pop()
        if not isinstance(node.tag, str) or node in drawn or namespace(node) != BPMN:
            continue
        tag = local(node)
        if tag == "extensionElements":
            continue
        own = tag in ELEMENTS or tag == "sequenceFlow"
        source = Source(context, node, None if own else owner)
        _check_extensions(source)
        holder = source if own else owner
        pending.extend((child, holder) for child in node.iterchildren())


# ---------------------------------------------------------------------------------------------------- a process


class _Reading:
    """What is gathered while the elements of one process are read."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.elements: dict[str, Element] = {}
        self.flows: dict[str, Flow] = {}
        self.sources: dict[str, Source] = {}
        self.lanes: dict[str, str] = {}
        self.flow_scopes: dict[str, str | None] = {}
        self.associations: list[Source] = []
        self.unnamed = 0
        self.refused: set[str] = set()  # elements that the process would need


def _process(context: Context, source: Source) -> ProcessDefinition:
    context.forms = {}
    context.job_priority = _job_priority(source)
    first = len(context.references)
    _check(source, "process")
    for form in source.extensions("userTaskForm"):
        if form.id:
            context.forms[form.id] = form.text
    reading = _Reading(context)
    pending: list[tuple[Source, str | None]] = [(source, None)]
    while pending:  # not recursive: sub-processes may be nested as deep as the parser allows
        container, parent = pending.pop()
        _lanes(container, reading)
        for node in container.node.iterchildren():
            if not isinstance(node.tag, str):
                continue
            child = Source(context, node)
            if namespace(node) != BPMN:
                child.error("bpmn.element_unsupported", child.tag, element=child.tag)
            elif child.tag == "sequenceFlow":
                _flow(child, parent, reading)
            elif child.tag == "association":
                reading.associations.append(child)
            elif child.tag in ELEMENTS:
                reading.sources[child.id] = child
                reading.elements[child.id] = _element(child, parent)
                if child.tag in {"subProcess", "transaction"}:
                    pending.append((child, child.id))
            elif child.tag in REFUSED_ELEMENTS:
                child.error(REFUSED_ELEMENTS[child.tag], child.tag, element=child.tag)
                reading.refused.add(child.id)
            elif child.tag not in allowed.FLOW_NODE_CHILDREN and child.tag not in allowed.CHILDREN.get(
                container.tag, frozenset()
            ):
                child.error("bpmn.element_unsupported", child.tag, element=child.tag)
    _connect(reading)
    definition = ProcessDefinition(
        process_id=source.id,
        name=source.name or source.id,
        version_tag=_version_tag(source),
        file=context.file,
        dialect=context.dialect,
        elements=reading.elements,
        flows=reading.flows,
        starts=_starts(reading),
        references=tuple(context.references[first:]),
        start_form=_start_form(reading),
        documentation=source.documentation,
        properties=properties.read(source),
        compensation_handlers=_handlers(reading),
        candidate_starter_groups=_starters(source, "candidateStarterGroups"),
        candidate_starter_users=_starters(source, "candidateStarterUsers"),
    )
    if not source.id:
        source.error("bpmn.process_without_id", "id")
    if source.attribute("processType") == "Public":
        source.error("bpmn.process_public", "processType")
    if not reading.refused:  # what follows from a refused element is no fault of its own
        checks.check(definition, reading.sources, source, reading.flow_scopes)
    return definition


def _job_priority(source: Source) -> Expression | None:
    """The priority of all jobs of a process."""
    if source.dialect is Dialect.CAMUNDA_7:
        return source.whole_number(source.camunda("taskPriority"), "camunda:taskPriority")
    holder = source.extension("jobPriorityDefinition")
    return None if holder is None else read_priority(holder)


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _starters(source: Source, name: str) -> tuple[str, ...]:
    """Names parted by commas, as in Camunda 7 without expressions."""
    text = source.camunda(name)
    if text is not None and ("${" in text or "#{" in text):
        source.error("bpmn.starters_dynamic", f"camunda:{name}", expression=text)
    return _split(text)


def _version_tag(source: Source) -> str | None:
    if source.dialect is Dialect.CAMUNDA_7:
        return source.camunda("versionTag")
    tag = source.extension("versionTag")
    if tag is not None and not tag.attribute("value"):
        tag.error("bpmn.version_tag_empty", "zeebe:versionTag value")
    return None if tag is None else tag.attribute("value") or None


def _lanes(container: Source, reading: _Reading) -> None:
    """Lanes only say where an element stands; the innermost one counts, and is met last."""
    for lane_set in container.children("laneSet"):
        for lane in lane_set.node.iter(f"{{{BPMN}}}lane"):
            for member in lane.iterchildren(f"{{{BPMN}}}flowNodeRef"):
                reading.lanes[(member.text or "").strip()] = " ".join((lane.get("name") or "").split())


def _flow(source: Source, parent: str | None, reading: _Reading) -> None:
    _check(source, "sequenceFlow")
    reading.unnamed += 1
    flow_id = source.id or f"flow:{reading.unnamed}"
    start, end = reference(source.attribute("sourceRef")), reference(source.attribute("targetRef"))
    condition = None
    if (child := source.child("conditionExpression")) is not None:
        language = child.attribute("language")
        if language and "feel" not in language.lower() and "juel" not in language.lower():
            source.error("bpmn.language_refused", "conditionExpression language", language=language)
        condition = child.dynamic(child.text, "conditionExpression")
    reading.flows[flow_id] = Flow(flow_id, source.name, start or "", end or "", condition)
    reading.flow_scopes[flow_id] = parent
    reading.sources[flow_id] = source


def _element(source: Source, parent: str | None) -> Element:
    tag = source.tag
    _check(source, tag)
    for name in ("startQuantity", "completionQuantity"):
        if source.attribute(name) not in (None, "1"):
            source.error("bpmn.token_quantity", name, value=source.attribute(name))
    event, found = _event(source)
    event_type = _type(source)
    element_type = ELEMENTS[tag]
    detail = element_type.read(source)
    if tag in {"sendTask", "receiveTask"}:
        event = _task_message(source, tag)
    if (initiator := source.camunda("initiator")) is not None:
        if parent is None:
            source.variable(initiator, "camunda:initiator")
        else:  # a sub-process is started by the process, not by a person
            source.error("bpmn.initiator_inside", "camunda:initiator")
    interrupting = (
        source.flag("cancelActivity", True) if tag == "boundaryEvent" else source.flag("isInterrupting", True)
    )
    if found > 1 or source.flag("parallelMultiple"):
        source.error("bpmn.multiple_events", tag)
    return Element(
        id=source.id,
        name=source.name,
        type=event_type,
        tag=tag,
        documentation=source.documentation,
        properties=properties.read(source),
        parent=parent,
        default=reference(source.attribute("default")),
        attached_to=reference(source.attribute("attachedToRef")) if tag == "boundaryEvent" else None,
        interrupting=interrupting or (event is not None and event.kind in {"error", "cancel", "compensation"}),
        for_compensation=source.flag("isForCompensation") and event_type != "EVENT_SUB_PROCESS",
        event=event,
        multi_instance=_loop(source),
        mappings=_mappings(source),
        detail=detail,
        line=source.node.sourceline,
    )


def _type(source: Source) -> str:
    """Camunda's name of an element type."""
    if source.tag == "subProcess" and source.flag("triggeredByEvent"):
        return "EVENT_SUB_PROCESS"
    if source.tag in _TYPE_NAMES:
        return _TYPE_NAMES[source.tag]
    return "".join("_" + c if c.isupper() else c.upper() for c in source.tag)


def _connect(reading: _Reading) -> None:
    """Give elements their flows and lanes; flows without ends are findings and lead nowhere."""
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in list(reading.flows.values()):
        missing = False
        for end, property_ in ((flow.source, "sourceRef"), (flow.target, "targetRef")):
            if end not in reading.elements:
                missing = True
                if end not in reading.refused:
                    reading.sources[flow.id].error("bpmn.flow_without_end", property_, value=end)
        if missing:
            del reading.flows[flow.id]
            continue
        outgoing.setdefault(flow.source, []).append(flow.id)
        incoming.setdefault(flow.target, []).append(flow.id)
    for element in list(reading.elements.values()):
        reading.elements[element.id] = replace(
            element,
            incoming=tuple(incoming.get(element.id, ())),
            outgoing=tuple(outgoing.get(element.id, ())),
            lane=reading.lanes.get(element.id),
        )


def _handlers(reading: _Reading) -> dict[str, str]:
    """Compensation boundary events with the activity that undoes."""
    found: dict[str, str] = {}
    for association in reading.associations:
        ends = [reference(association.attribute(name)) or "" for name in ("sourceRef", "targetRef")]
        for event_id, activity_id in (ends, ends[::-1]):
            event, activity = reading.elements.get(event_id), reading.elements.get(activity_id)
            if (
                event is not None
                and activity is not None
                and event.tag == "boundaryEvent"
                and event.event is not None
                and event.event.kind == "compensation"
            ):
                found[event.id] = activity.id
    return found


def _starts(reading: _Reading) -> tuple[StartTrigger, ...]:
    found = []
    for element in reading.elements.values():
        instantiating = element.tag == "receiveTask" and reading.sources[element.id].flag("instantiate")
        if element.parent is not None or not (element.tag == "startEvent" or instantiating):
            continue
        event = element.event
        source = reading.sources[element.id]
        if event is not None:
            _constant(source, event)
        found.append(
            StartTrigger(
                element_id=element.id,
                kind="none" if event is None else event.kind,
                name=None if event is None else event.name,
                correlation_key=None if event is None else event.correlation_key,
                timer=None if event is None else event.timer,
                condition=None if event is None else event.condition,
                form=_form_of_start(source, note=True) if event is None else None,
                initiator=source.camunda("initiator"),
            )
        )
    return tuple(found)


def _constant(source: Source, event: EventDefinition) -> None:
    """What a process starts by is evaluated when it is deployed: there are no variables yet."""
    when = None if event.timer is None else event.timer.expression
    for expression, property_ in ((event.name, f"{event.kind} name"), (when, "timerEventDefinition")):
        if expression is None:
            continue
        # Functions of the site are names, too.
        names = [
            name for name in sorted(expression.names) if not re.search(re.escape(name) + r"\s*\(", expression.text)
        ]
        if names:
            source.error("bpmn.start_reads_variables", property_, expression=expression.text, names=", ".join(names))


def _start_form(reading: _Reading) -> FormRef | None:
    for element in reading.elements.values():
        if element.tag == "startEvent" and element.parent is None and element.event is None:
            return _form_of_start(reading.sources[element.id])
    return None


def _form_of_start(source: Source, note: bool = False) -> FormRef | None:
    from service.bpmn.elements.user_task import read_form

    form, form_id = read_form(source, "zeebe:formDefinition", note)
    if note and form_id is not None and not form_id.is_static:
        source.error("bpmn.start_form_dynamic", "zeebe:formDefinition formId", expression=form_id.text)
    return form


# ---------------------------------------------------------------------------------------------------- events


def _event(source: Source) -> tuple[EventDefinition | None, int]:
    """The event definition of an event, and how many there are."""
    definitions = [
        Source(source.context, node, source)
        for node in source.node.iterchildren()
        if isinstance(node.tag, str) and namespace(node) == BPMN and local(node) in allowed.EVENT_DEFINITIONS
    ]
    for child in source.children("eventDefinitionRef"):
        node = source.context.roots.get(reference(child.text) or "")
        if node is None or local(node) not in allowed.EVENT_DEFINITIONS:
            source.error("bpmn.event_definition_ref", "eventDefinitionRef", value=child.text)
        else:
            definitions.append(Source(source.context, node, source))
    if not definitions:
        return None, 0
    definition = definitions[0]
    kind = allowed.EVENT_DEFINITIONS[definition.tag]
    return _READERS[kind](definition, kind), len(definitions)


def _named(source: Source, kind: str) -> tuple[Source | None, Expression | None]:
    """The message or signal that an event names."""
    property_ = f"{kind}Ref"
    wanted = reference(source.attribute(property_))
    node = source.context.roots.get(wanted or "")
    if node is None or local(node) != kind:
        source.error("bpmn.reference_missing" if wanted else f"bpmn.{kind}_ref_missing", property_, value=wanted or "")
        return None, None
    root = Source(source.context, node, source.owner or source)
    name = root.expression(root.name, f"{kind} name")
    if name is None:
        source.error(f"bpmn.{kind}_without_name", f"{kind} name", value=wanted)
    return root, name


def _message(source: Source, kind: str) -> EventDefinition:
    root, name = _named(source, "message")
    key = None
    if root is not None and root.attribute("itemRef") and source.child("operationRef") is None and source.owner:
        root.error("bpmn.message_item", "message itemRef", value=root.attribute("itemRef"))
    if root is not None and source.dialect is Dialect.CAMUNDA_8:
        subscription = root.extension("subscription")
        if subscription is not None:
            key = subscription.dynamic(subscription.attribute("correlationKey"), "zeebe:subscription correlationKey")
    return EventDefinition(kind, name=name, correlation_key=key)


def _signal(source: Source, kind: str) -> EventDefinition:
    """A signal; in Camunda 7 with the variables that `camunda:in` sends along."""
    name = _named(source, "signal")[1]
    if source.dialect is Dialect.CAMUNDA_8:
        return EventDefinition(kind, name=name)
    found = read_lines(source, "in")
    if not _throws(source) and (found.everything or found.lines):
        source.error("bpmn.signal_catch_payload", "camunda:in")
    return EventDefinition(kind, name=name, payload=found.lines, payload_of_all=found.everything)


def _timer(source: Source, kind: str) -> EventDefinition:
    found = [
        (child.tag[4:].lower(), child)
        for name in ("timeDate", "timeDuration", "timeCycle")
        for child in source.children(name)
    ]
    if len(found) != 1:
        source.error("bpmn.timer_without_time", "timerEventDefinition")
        return EventDefinition(kind)
    timer_kind, child = found[0]
    property_ = child.tag
    expression = child.expression(child.text, property_)
    if expression is None:
        source.error("bpmn.timer_without_time", property_)
        return EventDefinition(kind)
    if expression.is_static and not _time_fits(timer_kind, expression.text):
        source.error(f"bpmn.timer_{timer_kind}_invalid", property_, expression=expression.text, value=expression.text)
    return EventDefinition(kind, timer=TimerDefinition(timer_kind, expression))


def _time_fits(kind: str, text: str) -> bool:
    from zoneinfo import ZoneInfo

    match kind:
        case "date":
            return moment(text, ZoneInfo("UTC")) is not None
        case "duration":
            return period(text) is not None
        case _:
            return is_cycle(text)


def _conditional(source: Source, kind: str) -> EventDefinition:
    child = source.child("condition")
    condition = None if child is None else child.dynamic(child.text, "condition")
    if condition is None:
        source.error("bpmn.condition_missing", "condition")
    names = source.camunda("variableName")
    events = source.camunda("variableEvents")
    if (filter_ := source.extension("conditionalFilter")) is not None:
        names, events = filter_.attribute("variableNames"), filter_.attribute("variableEvents")
    for event in _split(events):
        if event not in {"create", "update"}:  # variables are never deleted here
            source.error("bpmn.variable_event", "variableEvents", value=event)
    return EventDefinition(kind, condition=condition, variable_names=_split(names), variable_events=_split(events))


def _coded(source: Source, kind: str) -> EventDefinition:
    """An error or escalation: its code, where the event names one."""
    property_ = f"{kind}Ref"
    wanted = reference(source.attribute(property_))
    code = message = None
    if wanted is not None:
        node = source.context.roots.get(wanted)
        if node is None or local(node) != kind:
            source.error("bpmn.reference_missing", property_, value=wanted)
        else:
            root = Source(source.context, node, source.owner or source)
            text = root.attribute(f"{kind}Code")
            code = root.expression(text, f"{kind}Code")
            message = root.expression(root.camunda("errorMessage"), "camunda:errorMessage")
            if code is None and not _throws(source):
                source.complain("bpmn.catches_all", f"{kind}Code", value=wanted)
            elif code is None:
                source.error(f"bpmn.{kind}_without_code", f"{kind}Code", value=wanted)
            if code is not None and not code.is_static and not _throws(source):
                source.error("bpmn.code_dynamic", f"{kind}Code", expression=code.text)
    elif _throws(source):
        source.error(f"bpmn.{kind}_ref_missing", property_)
    return EventDefinition(
        kind,
        code=code,
        message=message,
        code_variable=source.camunda(f"{kind}CodeVariable"),
        message_variable=source.camunda("errorMessageVariable"),
    )


def _throws(source: Source) -> bool:
    return source.owner is not None and source.owner.tag in {"endEvent", "intermediateThrowEvent"}


def _compensation(source: Source, kind: str) -> EventDefinition:
    return EventDefinition(
        kind, activity=reference(source.attribute("activityRef")), wait=source.flag("waitForCompletion", True)
    )


def _link(source: Source, kind: str) -> EventDefinition:
    if not source.name:
        source.error("bpmn.link_without_name", "linkEventDefinition name")
    return EventDefinition(kind, name=expressions.static(source.name))


def _plain(source: Source, kind: str) -> EventDefinition:
    return EventDefinition(kind)


_READERS = {
    "message": _message,
    "signal": _signal,
    "timer": _timer,
    "conditional": _conditional,
    "error": _coded,
    "escalation": _coded,
    "compensation": _compensation,
    "link": _link,
    "terminate": _plain,
    "cancel": _plain,
}


def _task_message(source: Source, tag: str) -> EventDefinition | None:
    """The message of a send or receive task. A send task with a job needs none."""
    if tag == "sendTask" and source.attribute("messageRef") is None:
        return None
    return _message(source, "message")


# ---------------------------------------------------------------------------------------------------- loops, mappings


def _loop(source: Source) -> MultiInstance | None:
    if (standard := source.child("standardLoopCharacteristics")) is not None:
        standard.error("bpmn.standard_loop", "standardLoopCharacteristics")
    child = source.child("multiInstanceLoopCharacteristics")
    if child is None:
        return None
    _check(child, "multiInstanceLoopCharacteristics")
    for name in ("behavior", "noneBehaviorEventRef", "oneBehaviorEventRef"):
        if child.attribute(name) not in (None, "All"):
            child.error("bpmn.loop_behavior", name, value=child.attribute(name))
    completion = None
    if (condition := child.child("completionCondition")) is not None and condition.text:
        completion = condition.dynamic(condition.text, "completionCondition")
    data = ["loopDataOutputRef", "outputDataItem"]
    if child.dialect is Dialect.CAMUNDA_8:
        data += ["loopCardinality", "loopDataInputRef", "inputDataItem"]
    for name in data:
        if child.child(name) is not None:
            child.error("bpmn.child_unsupported", name, child=name)
    sequential = child.flag("isSequential")
    return (_loop_8 if child.dialect is Dialect.CAMUNDA_8 else _loop_7)(child, sequential, completion)


def _loop_8(child: Source, sequential: bool, completion: Expression | None) -> MultiInstance | None:
    loop = child.extension("loopCharacteristics")
    prefix = "zeebe:loopCharacteristics"
    if loop is None:
        child.error("bpmn.loop_without_collection", f"{prefix} inputCollection")
        return None
    collection = loop.dynamic(loop.attribute("inputCollection"), f"{prefix} inputCollection")
    if collection is None:
        child.error("bpmn.loop_without_collection", f"{prefix} inputCollection")
    output, element = loop.attribute("outputCollection"), loop.attribute("outputElement")
    loop.variable(loop.attribute("inputElement"), f"{prefix} inputElement")
    loop.variable(output, f"{prefix} outputCollection")
    if bool(output) != bool(element):
        loop.error("bpmn.loop_output_half", f"{prefix} outputCollection")
    return MultiInstance(
        sequential=sequential,
        collection=collection,
        element=loop.attribute("inputElement") or None,
        output_collection=output or None,
        output_element=loop.dynamic(element, f"{prefix} outputElement"),
        completion=completion,
        first=1,
    )


def _loop_7(child: Source, sequential: bool, completion: Expression | None) -> MultiInstance | None:
    cardinality = child.child("loopCardinality")
    count = None if cardinality is None else cardinality.expression(cardinality.text, "loopCardinality")
    text = child.camunda("collection")
    element = child.camunda("elementVariable")
    if text is None and (data := child.child("loopDataInputRef")) is not None:
        text = data.text
        item = child.child("inputDataItem")
        element = element or (None if item is None else item.attribute("name"))
    collection = None
    if text is not None:
        # Camunda 7 takes a bare name for the variable of that name.
        collection = child.expression(text if "{" in text else "${" + text + "}", "camunda:collection")
    if count is None and collection is None:
        child.error("bpmn.loop_without_collection", "loopCardinality")
        return None
    if element and collection is None:
        child.error("bpmn.loop_without_collection", "camunda:collection")
    if count is not None and count.is_static and not count.text.strip().isdigit():
        child.error("bpmn.cardinality_not_number", "loopCardinality", expression=count.text, found=count.text)
    return MultiInstance(
        sequential=sequential,
        collection=collection,
        cardinality=count,
        element=element or None,
        completion=completion,
        first=0,
    )


def _mappings(source: Source) -> Mappings:
    if source.dialect is Dialect.CAMUNDA_8:
        mapping = source.extension("ioMapping")
        if mapping is None:
            return Mappings()
        return Mappings(
            inputs=tuple(
                line
                for part in mapping.parts("input")
                if (line := part.assignment(part.attribute("source"), part.attribute("target"), "zeebe:input"))
            ),
            outputs=tuple(line for part in mapping.parts("output") if (line := _output(part))),
        )
    mapping = source.extension("inputOutput")
    if mapping is None:
        return Mappings(outputs_replace=False)
    return Mappings(
        inputs=tuple(line for part in mapping.parts("inputParameter") if (line := _parameter(part))),
        outputs=tuple(line for part in mapping.parts("outputParameter") if (line := _parameter(part))),
        outputs_replace=False,
    )


def _output(part: Source) -> Assignment | None:
    if not part.attribute("source"):
        part.error("bpmn.mapping_without_source", "zeebe:output source", target=part.attribute("target") or "")
    return part.assignment(part.attribute("source"), part.attribute("target"), "zeebe:output")


def _parameter(part: Source) -> Assignment | None:
    """A Camunda 7 parameter: text, or a list or map of texts."""
    property_ = f"camunda:{part.tag}"
    inner = next((Source(part.context, child, part.owner) for child in part.node if isinstance(child.tag, str)), None)
    if inner is None:
        return part.assignment(part.text, part.attribute("name"), property_)
    line = part.assignment("", part.attribute("name"), property_)
    built = _built(inner, property_)
    return None if line is None or built is None else replace(line, source=built)


def _built(part: Source, property_: str) -> Expression | None:
    """A list or map whose items are texts."""
    if part.tag not in {"list", "map"}:
        part.error("bpmn.parameter_kind", property_, found=part.tag)
        return None
    items = list(part.parts("value" if part.tag == "list" else "entry"))
    values = []
    for item in items:
        nested = next((child for child in item.node if isinstance(child.tag, str)), None)
        if nested is not None:
            item.error("bpmn.parameter_kind", property_, found=local(nested))
            return None
        values.append(item.expression(item.text, property_) or expressions.static("", ""))
    keys = None if part.tag == "list" else tuple(item.attribute("key") or "" for item in items)
    return Expression(part.text, expressions.Built(tuple(values), keys))


# ---------------------------------------------------------------------------------------------------- the allow-list


def _check(source: Source, tag: str) -> None:
    """Refuse what nobody reads: attributes, children, extensions."""
    known = allowed.ATTRIBUTES.get(tag, frozenset())
    for key in source.node.attrib:
        if not key.startswith("{") and key not in known:
            source.error("bpmn.attribute_unsupported", key, attribute=key)
    for name in ("dataInputAssociation", "dataOutputAssociation"):
        for association in source.children(name):
            for node in association.node.iterchildren():
                if isinstance(node.tag, str) and local(node) in allowed.DATA:
                    source.error("bpmn.data_unsupported", name, child=local(node))
    children = allowed.CHILDREN.get(tag, frozenset())
    flow_elements = tag in {"process", "subProcess", "transaction"}
    for node in source.node.iterchildren():
        if not isinstance(node.tag, str):
            continue
        name = local(node)
        if namespace(node) != BPMN or flow_elements:
            continue
        if name in allowed.DATA:
            source.error("bpmn.data_unsupported", name, child=name)
        elif name not in children and name not in allowed.FLOW_NODE_CHILDREN and tag in allowed.CHILDREN:
            source.error("bpmn.child_unsupported", name, child=name)


def _check_dialect_attribute(source: Source, space: str, name: str, own: Iterable[str]) -> None:
    prefixed = f"{PREFIX[space]}:{name}"
    if (space == ZEEBE) is not (source.dialect is Dialect.CAMUNDA_8):
        source.error("bpmn.other_dialect", prefixed, extension=prefixed, dialect=source.dialect.value)
    elif name not in own:
        source.error("bpmn.extension_unsupported", prefixed, extension=prefixed)


def _check_extensions(source: Source) -> None:
    tag = source.tag
    own = allowed.extension_attributes(source.dialect, tag)
    for key in source.node.attrib:
        space = key.rpartition("}")[0][1:]
        if space in PREFIX:
            _check_dialect_attribute(source, space, local_name(key), own)
    seen: set[str] = set()
    for holder in source.node.iterchildren(f"{{{BPMN}}}extensionElements"):
        for node in holder.iterchildren():
            if isinstance(node.tag, str) and namespace(node) in PREFIX:
                part = Source(source.context, node, source.owner or source)
                _check_extension(part, tag)
                if node.tag in seen and part.tag not in allowed.REPEATED:
                    prefixed = f"{PREFIX[namespace(node)]}:{part.tag}"
                    part.error("bpmn.extension_twice", prefixed, extension=prefixed)
                seen.add(node.tag)
    several = [name for names in allowed.IMPLEMENTATIONS for name in names if _has(source, name)]
    if len(several) > 1:
        source.error("bpmn.two_implementations", several[1], first=several[0], second=several[1])


def _has(source: Source, name: str) -> bool:
    """Whether an extension element, or an attribute, of the dialect is there."""
    prefix, _, bare = name.partition(":")
    if prefix == "zeebe":
        return source.extension(bare) is not None and source.dialect is Dialect.CAMUNDA_8
    return source.dialect is Dialect.CAMUNDA_7 and source.camunda(bare) is not None


def local_name(key: str) -> str:
    return key.rpartition("}")[2]


_LISTENERS = {"executionListeners", "taskListeners", "executionListener", "taskListener"}


def _check_extension(source: Source, tag: str) -> None:
    space = namespace(source.node)
    prefixed = f"{PREFIX[space]}:{source.tag}"
    if (space == ZEEBE) is not (source.dialect is Dialect.CAMUNDA_8):
        source.error("bpmn.other_dialect", prefixed, extension=prefixed, dialect=source.dialect.value)
        return
    known = allowed.extension(source.dialect, tag, source.tag)
    if known is None:
        code = "bpmn.listener_unsupported" if source.tag in _LISTENERS else "bpmn.extension_unsupported"
        source.error(code, prefixed, extension=prefixed)
        return
    if "*" in known:
        return
    _check_parts(source, source.node, known, prefixed, top=True)


_SECRET = re.compile(r"\{\{\s*secrets\.|\bcamunda\.secrets\.")  # of Camunda 8.9 and before, and since


def _check_parts(source: Source, node: Node, known: Iterable[str], prefixed: str, top: bool = False) -> None:
    prefix = "" if top else f"{local(node)}:"
    for key in node.attrib:
        if key.startswith("{") or key in allowed.STAMPS_OF_PARTS:
            continue
        if f"{prefix}{key}" not in known:
            what = prefixed if top else f"{prefixed} {local(node)}"
            source.error("bpmn.extension_unsupported", f"{what} {key}", extension=f"{what} {key}")
        elif _SECRET.search(node.get(key) or ""):
            source.error("bpmn.secrets_refused", f"{prefixed} {key}")
    for child in node.iterchildren():
        if not isinstance(child.tag, str):
            continue
        name = local(child)
        if name not in known:
            source.error("bpmn.extension_unsupported", f"{prefixed} {name}", extension=f"{prefixed} {name}")
        else:
            _check_parts(source, child, known, prefixed)


def errors(file: File) -> Iterator[str]:
    """Codes of the findings for which a file is refused."""
    return (finding.code for finding in file.findings if finding.severity is Severity.ERROR)


__all__ = ["XSI", "errors", "read"]
