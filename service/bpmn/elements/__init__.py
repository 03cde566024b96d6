"""ELEMENTS: every BPMN flow node that runs, and what runs it. To add one, write its specification and enter it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from service.bpmn.definition import Detail
from service.bpmn.elements import business_rule_task, call_activity, events, script_task, service_task, user_task
from service.bpmn.elements.business_rule_task import BusinessRuleTaskSpec
from service.bpmn.elements.call_activity import CallActivitySpec
from service.bpmn.elements.events import BoundarySpec, CatchSpec, StartSpec, ThrowSpec
from service.bpmn.elements.gateways import EventBasedSpec, ExclusiveSpec, InclusiveSpec, ParallelSpec
from service.bpmn.elements.service_task import SendTaskSpec, WorkSpec
from service.bpmn.elements.sub_process import SubProcessSpec
from service.bpmn.elements.tasks import PassThroughSpec
from service.bpmn.elements.user_task import UserTaskSpec
from service.bpmn.node import NodeSpec
from service.bpmn.source import Source


def _nothing(_source: Source) -> None:
    """Most elements say everything by their kind, their event and their flows."""


@dataclass(frozen=True, slots=True)
class ElementType:
    """One BPMN flow node: what runs it, and what reads its own attributes."""

    spec: type[NodeSpec]
    read: Callable[[Source], Detail | None] = _nothing


ELEMENTS: dict[str, ElementType] = {
    "task": ElementType(PassThroughSpec),
    "manualTask": ElementType(PassThroughSpec),
    "userTask": ElementType(UserTaskSpec, user_task.read),
    "serviceTask": ElementType(WorkSpec, service_task.read),
    "sendTask": ElementType(SendTaskSpec, service_task.read),
    "receiveTask": ElementType(CatchSpec),
    "scriptTask": ElementType(WorkSpec, script_task.read),
    "businessRuleTask": ElementType(BusinessRuleTaskSpec, business_rule_task.read),
    "callActivity": ElementType(CallActivitySpec, call_activity.read),
    "subProcess": ElementType(SubProcessSpec),
    "transaction": ElementType(SubProcessSpec),
    "startEvent": ElementType(StartSpec),
    "intermediateCatchEvent": ElementType(CatchSpec),
    "intermediateThrowEvent": ElementType(ThrowSpec, events.read_throw),
    "boundaryEvent": ElementType(BoundarySpec),
    "endEvent": ElementType(ThrowSpec, events.read_throw),
    "exclusiveGateway": ElementType(ExclusiveSpec),
    "parallelGateway": ElementType(ParallelSpec),
    "inclusiveGateway": ElementType(InclusiveSpec),
    "eventBasedGateway": ElementType(EventBasedSpec),
}
