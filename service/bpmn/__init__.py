"""Our BPMN dialect on SpiffWorkflow, which is imported here alone.

`read` makes immutable definitions and findings of a file; `Workflow` runs one of them. A new element type is a module
in `elements` and a row in `ELEMENTS`. Nothing here knows a database, a network or a clock: all that comes by `Host`.
"""

from service.bpmn.definition import (
    Binding,
    DecisionRef,
    Dialect,
    Element,
    ElementRef,
    File,
    Flow,
    FormRef,
    ProcessDefinition,
    ProcessRef,
    Reference,
    StartTrigger,
)
from service.bpmn.events import (
    Cancelled,
    Completed,
    Entered,
    Event,
    FlowTaken,
    IncidentRaised,
    IncidentResolved,
    InstanceEnded,
    InstanceStarted,
    MessageThrown,
    SignalThrown,
    TimerFired,
    VariableSet,
)
from service.bpmn.expressions import Expression
from service.bpmn.failure import Failure
from service.bpmn.host import Host
from service.bpmn.reader import read
from service.bpmn.timers import Schedule, TimerDefinition, following, schedule
from service.bpmn.waits import Condition, Incident, Job, Link, MessageCatch, SignalCatch, Timer, UserTask, Wait
from service.bpmn.workflow import InstanceState, Workflow

__all__ = [
    "Binding",
    "Cancelled",
    "Completed",
    "Condition",
    "DecisionRef",
    "Dialect",
    "Element",
    "ElementRef",
    "Entered",
    "Event",
    "Expression",
    "Failure",
    "File",
    "Flow",
    "FlowTaken",
    "FormRef",
    "Host",
    "Incident",
    "IncidentRaised",
    "IncidentResolved",
    "InstanceEnded",
    "InstanceStarted",
    "InstanceState",
    "Job",
    "Link",
    "MessageCatch",
    "MessageThrown",
    "ProcessDefinition",
    "ProcessRef",
    "Reference",
    "Schedule",
    "SignalCatch",
    "SignalThrown",
    "StartTrigger",
    "Timer",
    "TimerDefinition",
    "TimerFired",
    "UserTask",
    "VariableSet",
    "Wait",
    "Workflow",
    "following",
    "read",
    "schedule",
]
