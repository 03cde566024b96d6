"""What runs and what is deployed, listed as outside programs ask for it: by conditions on fields, in any order."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from service import store
from service.auth import Actor, ActorKind, Permission, Role, limits_of, may
from service.errors import NotFound
from service.feel import Value
from service.runtime import instances
from service.runtime.unit import UnitOfWork
from service.store.definitions import DecisionDefinition, DecisionRequirements, FormDefinition, ProcessDefinition
from service.store.deployments import Deployment
from service.store.history import FlowNodeInstance, Variable
from service.store.incidents import Incident
from service.store.jobs import Job, JobKind
from service.store.listing import Clause, Condition, Listing, Operator, Order, Query, Window
from service.store.process_instances import ProcessInstance
from service.store.subscriptions import Subscription, SubscriptionKind
from service.store.user_tasks import Candidate, UserTask

__all__ = [
    "Condition",
    "DecisionRequirements",
    "FlowNodeInstance",
    "FormDefinition",
    "Incident",
    "Job",
    "Listing",
    "Operator",
    "Order",
    "ProcessDefinition",
    "ProcessInstance",
    "Query",
    "Subscription",
    "UserTask",
    "Variable",
    "Window",
    "active_incidents",
    "chosen_variables",
    "decision_requirements",
    "decisions",
    "deployments",
    "flow_nodes",
    "incidents",
    "instances_of",
    "is_of_case",
    "jobs",
    "open_variables",
    "process_definitions",
    "process_instances",
    "processes_of",
    "requirements_of",
    "subscriptions",
    "user_tasks",
    "variable",
    "variables",
]


def process_instances(
    unit: UnitOfWork, query: Query, *, variables: Sequence[tuple[str, str]] = (), tags: Sequence[str] = ()
) -> Listing[ProcessInstance]:
    """Return process instances.

    `variables` are names and JSON texts that the instance's own scope must have; asking so finds no instance of a case.
    """
    clauses = [store.process_instances.with_variable(name, value) for name, value in variables]
    if variables:
        clauses.append(store.listing.without_case(ProcessInstance.business_key))
    conditions = [*query.conditions, *(Condition("tags", Operator.HOLDS, tag) for tag in tags)]
    found = Query(conditions, query.either, query.orders, query.window)
    return store.listing.search(unit.session, ProcessInstance, found, clauses)


def flow_nodes(unit: UnitOfWork, query: Query) -> Listing[FlowNodeInstance]:
    """Return visits to flow nodes."""
    return store.listing.search(unit.session, FlowNodeInstance, query)


def variables(unit: UnitOfWork, query: Query) -> Listing[Variable]:
    """Return variables of instances that belong to no case."""
    clause = Variable.instance_key.not_in(store.process_instances.keys_in_cases())
    return store.listing.search(unit.session, Variable, query, [clause])


def chosen_variables(unit: UnitOfWork, query: Query, keys: Collection[int]) -> Listing[Variable]:
    """Return of these variables, which the caller may show, those that a query finds."""
    return store.listing.search(unit.session, Variable, query, [Variable.key.in_(sorted(keys))])


def variable(unit: UnitOfWork, key: int) -> Variable:
    """Return a variable of an instance that belongs to no case. Raises `NotFound`."""
    found = variables(unit, Query([Condition("key", Operator.EQ, key)])).items
    if not found:
        raise NotFound("runtime.variable_not_found", key=key)
    return found[0]


def open_variables(unit: UnitOfWork, scope_key: int) -> dict[str, Value]:
    """Return what is visible in a scope outside all cases. Raises `NotFound`."""
    node = store.history.flow_node(unit.session, scope_key)
    row = store.process_instances.get(unit.session, node.instance_key if node else scope_key)
    if row is None or is_of_case(unit, row.business_key):
        raise NotFound("runtime.scope_not_found", key=scope_key)
    return instances.variables(unit, scope_key)


def incidents(unit: UnitOfWork, query: Query) -> Listing[Incident]:
    """Return incidents."""
    return store.listing.search(unit.session, Incident, query)


def jobs(unit: UnitOfWork, query: Query) -> Listing[Job]:
    """Return jobs of service tasks, open, failed and ended."""
    return store.listing.search(unit.session, Job, query, [Job.kind == JobKind.SERVICE])


def subscriptions(unit: UnitOfWork, query: Query) -> Listing[Subscription]:
    """Return who waits for a message, start events too."""
    return store.listing.search(unit.session, Subscription, query, [Subscription.kind == SubscriptionKind.MESSAGE])


def user_tasks(unit: UnitOfWork, query: Query) -> Listing[UserTask]:
    """Return the user tasks that the actor may read."""
    return store.listing.search(unit.session, UserTask, query, _readable(unit.actor))


def process_definitions(unit: UnitOfWork, query: Query, *, latest: bool = False) -> Listing[ProcessDefinition]:
    """Return versions of processes that are in use, or only the latest of each."""
    return store.listing.search(
        unit.session, ProcessDefinition, query, store.definitions.in_use(ProcessDefinition, latest=latest)
    )


def decisions(unit: UnitOfWork, query: Query, *, latest: bool = False) -> Listing[DecisionDefinition]:
    """Return versions of decisions that are in use, or only the latest of each."""
    return store.listing.search(
        unit.session, DecisionDefinition, query, store.definitions.in_use(DecisionDefinition, latest=latest)
    )


def deployments(unit: UnitOfWork, query: Query) -> Listing[Deployment]:
    """Return deployments, those that wait or were turned down too."""
    return store.listing.search(unit.session, Deployment, query)


def decision_requirements(unit: UnitOfWork, query: Query) -> Listing[DecisionRequirements]:
    """Return versions of decision requirements graphs that are in use."""
    return store.listing.search(
        unit.session, DecisionRequirements, query, store.definitions.in_use(DecisionRequirements)
    )


# What rows of a list say beside their own columns


def instances_of(unit: UnitOfWork, keys: Collection[int | None]) -> dict[int, ProcessInstance]:
    """Return process instances by key."""
    return {row.key: row for row in store.process_instances.of_keys(unit.session, _known(keys))}


def processes_of(unit: UnitOfWork, keys: Collection[int | None]) -> dict[int, ProcessDefinition]:
    """Return versions of processes by key."""
    return {row.key: row for row in store.definitions.of_keys(unit.session, ProcessDefinition, _known(keys))}


def requirements_of(unit: UnitOfWork, keys: Collection[int | None]) -> dict[int, DecisionRequirements]:
    """Return versions of requirements graphs by key."""
    return {row.key: row for row in store.definitions.of_keys(unit.session, DecisionRequirements, _known(keys))}


def active_incidents(unit: UnitOfWork, element_instance_keys: Collection[int]) -> dict[int, int]:
    """Return the key of an active incident for each flow node instance that has one."""
    return store.incidents.active_at(unit.session, element_instance_keys)


def is_of_case(unit: UnitOfWork, business_key: str | None) -> bool:
    """Whether a business key is the key of a case file."""
    if business_key is None or not (business_key.isascii() and business_key.isdigit()):
        return False
    return int(business_key) < 2**63 and store.cases.get(unit.session, int(business_key)) is not None


def _known(keys: Collection[int | None]) -> set[int]:
    return {key for key in keys if key is not None}


def _readable(actor: Actor) -> list[Clause]:
    """The same as `auth.require(actor, READ_TASK, task)`, for a list."""
    if actor.is_system or may(actor, Permission.ASSIGN):
        return []
    if not may(actor, Permission.READ_TASK):
        return [store.user_tasks.readable_by(None)]
    drives = actor.kind == ActorKind.API and Role.OWNER in actor.groups
    return [store.user_tasks.readable_by(Candidate(actor.name, actor.groups, limits_of(actor)), drives=drives)]
