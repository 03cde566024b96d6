"""Load, act, advance, write back: the only path by which a process instance moves.

`moving` hands out the live workflow of a root instance. When the outermost block for it ends, what changed becomes
rows: history, user tasks, jobs, subscriptions, incidents; what the instance threw goes to whoever waits for it, in the
same transaction. The state document itself is written once, before commit, by compare-and-set on its row version.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from service import bpmn, feel, store
from service.auth import Actor
from service.bpmn.events import MessageThrown, SignalThrown
from service.bpmn.waits import MessageCatch, Wait
from service.errors import Conflict, NotFound
from service.feel import Value
from service.runtime import rows
from service.runtime.host import InstanceHost
from service.runtime.unit import Superseded, UnitOfWork
from service.store.definitions import ProcessDefinition
from service.store.process_instances import InstanceState
from service.store.subscriptions import Subscription, SubscriptionKind
from service.store.user_tasks import UserTask

FORMAT = 1  # zlib over the JSON text of the document

# More messages and signals than this in one action is a ring of processes that answer one another for ever.
THROW_LIMIT = 2_000


@dataclass(slots=True)
class Held:
    """A root instance in the hands of a unit of work, or in the cache between two."""

    root_key: int
    workflow: bpmn.Workflow
    host: InstanceHost
    row_version: int  # of the document as last written; 0: not yet
    known: dict[int, Wait] = field(default_factory=dict)  # waits that the tables hold
    instances: dict[int, rows.KnownInstance] = field(default_factory=dict)  # running instances that the tables hold
    failed: frozenset[int] = frozenset()  # instances that the tables show with an incident
    depth: int = 0  # of nested `moving` blocks
    moved: bool = False  # the document must be written


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a message went."""

    instance_key: int
    started: bool  # a new instance began


class Moves:
    """The instances that one unit of work moves."""

    order = 10

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._held: dict[int, Held] = {}
        self._locked: dict[int, int] = {}  # row version of root instances that were locked before they are moved
        self._spare = rows.Spare()
        self._thrown: deque[MessageThrown | SignalThrown | MessageCatch] = deque()
        self._count = 0
        self._routing = False
        self._broken = False

    @contextmanager
    def moving(self, instance_key: int) -> Iterator[bpmn.Workflow]:
        held = self._hold(instance_key)
        held.depth += 1
        try:
            yield held.workflow
        except BaseException:
            # A workflow stopped half-way must be neither written nor kept, whatever the caller makes of the exception.
            self._broken = True
            raise
        finally:
            held.depth -= 1
        held.moved = True
        if held.depth == 0:
            self._settle(held)
            self._route()

    def begin(
        self,
        definition: ProcessDefinition,
        variables: Mapping[str, Value],
        business_key: str | None,
        start_element: str | None,
        start_instructions: Sequence[str],
        tags: Sequence[str],
        terminate_after: Sequence[str] = (),
    ) -> int:
        unit = self._unit
        process = unit.engine.definitions.process(unit.session, definition.key)
        key = unit.new_key()
        host = InstanceHost(key, business_key, definition.definition_id)
        host.bind(unit)
        variables = {**variables, **_initiator(process, start_element, unit.actor)}
        try:
            workflow = bpmn.Workflow.start(
                process, host, variables, key, start_element, tuple(start_instructions), terminate_after
            )
        except BaseException:
            self._broken = True
            raise
        held = Held(key, workflow, host, 0, moved=True)
        self._held[key] = held
        self._settle(held, tags)
        self._route()
        return key

    def task(self, key: int) -> UserTask:
        session = self._unit.session
        found = store.user_tasks.with_state(session, key)
        if found is not None:
            task, version, has_drafts = found
            if not has_drafts:
                self._spare.drafts.add(key)
            if (task.candidate_groups, task.candidate_users) == ("[]", "[]"):
                self._spare.candidates.add(key)
            self._locked[task.root_key] = version
            return task
        closed = store.user_tasks.reload(session, key)
        if closed is None:
            raise NotFound("runtime.user_task_not_found", key=key)
        return closed

    def _hold(self, instance_key: int) -> Held:
        held = self._held.get(instance_key)
        if held is not None:
            return self._running(held)
        session = self._unit.session
        root_key = instance_key
        version = self._locked.get(root_key) or store.process_instances.document_version(session, root_key)
        if version is None:
            row = store.process_instances.get(session, instance_key)
            if row is None:
                raise NotFound("runtime.instance_not_found", key=instance_key)
            root_key = row.root_key
            if root_key in self._held:
                return self._running(self._held[root_key])
            version = store.process_instances.document_version(session, root_key)
            if version is None:
                raise Conflict("runtime.instance_ended", key=instance_key)
        cached = self._unit.engine.workflows.take(root_key, version)
        held = cached if isinstance(cached, Held) else self._load(root_key)
        held.host.bind(self._unit)
        self._held[root_key] = held
        return held

    @staticmethod
    def _running(held: Held) -> Held:
        if held.depth == 0 and held.workflow.state != "active":
            raise Conflict("runtime.instance_ended", key=held.root_key)
        return held

    def _load(self, root_key: int) -> Held:
        session = self._unit.session
        found = store.process_instances.document(session, root_key)
        if found is None:
            raise Superseded("runtime.superseded")
        version, _, content = found
        instances = store.process_instances.of_root(session, root_key)
        root = next((row for row in instances if row.key == root_key), None)
        if root is None:
            raise NotFound("runtime.instance_not_found", key=root_key)
        host = InstanceHost(root_key, root.business_key, root.process_id)
        host.bind(self._unit)
        document = feel.codec.decode(zlib.decompress(content))
        if not isinstance(document, dict):
            raise TypeError(f"state document of instance {root_key} is no object")
        definitions = self._unit.engine.definitions
        workflow = bpmn.Workflow.restore(document, lambda key: definitions.process(session, int(key)), host)
        workflow.take_events()
        active = [row for row in instances if row.state is InstanceState.ACTIVE]
        return Held(
            root_key,
            workflow,
            host,
            version,
            # The rows were written in the same transaction as the document, so its waits are what the tables hold.
            known=dict(workflow.waits),
            instances={row.key: rows.known(row) for row in active},
            failed=frozenset(row.key for row in active if row.has_incident),
        )

    def stored(self, root_key: int) -> bpmn.Workflow:
        return self._load(root_key).workflow

    def _settle(self, held: Held, tags: Sequence[str] = ()) -> None:
        """Turn what changed in a workflow into rows."""
        business_key = held.host.context.business_key
        written = rows.write(self._unit, held.workflow, business_key, held, tags, self._spare)
        held.known, held.instances, held.failed = written.known, written.instances, written.failed
        self._thrown.extend(written.thrown)
        self._thrown.extend(written.caught)

    def _route(self) -> None:
        """Bring what was thrown to those who wait for it; what that throws in turn joins the queue."""
        if self._routing:
            return
        self._routing = True
        try:
            while self._thrown:
                self._count += 1
                if self._count > THROW_LIMIT:
                    self._broken = True
                    raise Conflict("runtime.message_ring", limit=THROW_LIMIT)
                thrown = self._thrown.popleft()
                if isinstance(thrown, MessageCatch):
                    self._take_buffered(thrown)
                elif isinstance(thrown, MessageThrown):
                    self.deliver(
                        thrown.name, thrown.correlation_key or "", thrown.variables, self._case_of(thrown.instance_key)
                    )
                else:
                    self.broadcast(thrown.name, thrown.variables, thrown.instance_key)
        finally:
            self._routing = False

    def _case_of(self, instance_key: int) -> str | None:
        for held in self._held.values():
            if instance_key == held.root_key or instance_key in held.instances:
                return held.host.context.business_key
        row = store.process_instances.get(self._unit.session, instance_key)
        return row.business_key if row else None

    def _take_buffered(self, wait: MessageCatch) -> None:
        """Give a new subscription the oldest message that was published before it."""
        session = self._unit.session
        message = store.subscriptions.buffered(session, wait.name, wait.correlation_key or "", self._unit.now)
        if message is None:
            return
        with self.moving(wait.instance_key) as workflow:
            if wait.key in workflow.waits:
                variables = rows.decoded(message.variables)
                store.subscriptions.take_buffered(session, message)
                workflow.deliver_message(wait.key, variables)

    def deliver(
        self, name: str, correlation_key: str, variables: Mapping[str, Value], business_key: str | None
    ) -> Delivery | None:
        """Bring a message to its one receiver: who has waited longest, else the start event that it triggers."""
        waiting = store.subscriptions.waiting(self._unit.session, name, correlation_key)
        if waiting is not None:
            return self.deliver_to(waiting, variables)
        return self.start_by_message(name, variables, business_key)

    def deliver_to(self, waiting: Subscription, variables: Mapping[str, Value]) -> Delivery:
        """Bring a message to one who waits inside an instance."""
        instance_key = _instance_of(waiting)
        with self.moving(instance_key) as workflow:
            if waiting.key not in workflow.waits:
                # Somebody moved the instance after the subscription was read: look for the receiver anew.
                raise Superseded("runtime.superseded")
            workflow.deliver_message(waiting.key, variables)
        return Delivery(instance_key, started=False)

    def start_by_message(self, name: str, variables: Mapping[str, Value], business_key: str | None) -> Delivery | None:
        """Start what a message starts; None if that is nothing."""
        session = self._unit.session
        for start in store.subscriptions.start_of(session, SubscriptionKind.MESSAGE, name):
            definition = store.definitions.get(session, ProcessDefinition, start.definition_key)
            if definition is not None:
                key = self.begin(definition, variables, business_key, start.element_id, (), ())
                return Delivery(key, started=True)
        return None

    def broadcast(self, name: str, variables: Mapping[str, Value], thrower: int | None = None) -> int:
        """Bring a signal to all who wait for it and all that it starts; return how many.

        `thrower` is the instance that threw it: its own document has received it already.
        """
        session = self._unit.session
        own = None if thrower is None else store.process_instances.root_of(session, thrower)
        count = 0
        for waiting in store.subscriptions.signalled(session, name):
            if waiting.root_key == own:
                continue
            with self.moving(_instance_of(waiting)) as workflow:
                if waiting.key in workflow.waits:
                    workflow.deliver_signal(waiting.key, variables)
                    count += 1
        business_key = None if thrower is None else self._case_of(thrower)
        for start in store.subscriptions.start_of(session, SubscriptionKind.SIGNAL, name):
            definition = store.definitions.get(session, ProcessDefinition, start.definition_key)
            if definition is not None:
                self.begin(definition, variables, business_key, start.element_id, (), ())
                count += 1
        return count

    def write(self) -> None:
        if self._broken:
            raise RuntimeError("an instance was left half-way by an exception; this unit of work can only roll back")
        session = self._unit.session
        for held in self._held.values():
            if not held.moved:
                continue
            if held.workflow.state != "active":
                written = held.row_version == 0 or store.process_instances.delete_document(
                    session, held.root_key, held.row_version
                )
            else:
                content = zlib.compress(feel.codec.encode(held.workflow.document()).encode(), 1)
                if held.row_version == 0:
                    store.process_instances.insert_document(session, held.root_key, FORMAT, content)
                    written = True
                else:
                    written = store.process_instances.replace_document(
                        session, held.root_key, held.row_version, FORMAT, content
                    )
            if not written:
                raise Superseded("runtime.superseded")

    def committed(self) -> None:
        for held in self._held.values():
            held.host.release()
            if held.moved:
                held.row_version += 1
                held.moved = False
            if held.workflow.state == "active":
                self._unit.engine.workflows.give_back(held.root_key, held.row_version, held)
        self._held.clear()

    def dropped(self) -> None:
        for held in self._held.values():
            held.host.release()
        self._held.clear()


def _instance_of(subscription: Subscription) -> int:
    if subscription.instance_key is None:
        raise TypeError(f"subscription {subscription.key} is a start subscription")
    return subscription.instance_key


@contextmanager
def moving(unit: UnitOfWork, instance_key: int) -> Iterator[bpmn.Workflow]:
    """Hand out the live workflow of an instance's root; what it did becomes rows when the block ends.

    Blocks may nest, also for the same instance. Raises `NotFound`, and `Conflict` when the instance has ended.
    Transaction: on PostgreSQL the instance stays locked until the end.
    """
    with unit.part(Moves).moving(instance_key) as workflow:
        yield workflow


def lock(unit: UnitOfWork, root_key: int) -> None:
    """Lock a root instance before rows that hang on it are read.

    Transaction: whoever moves an instance locks it first and its tasks and jobs after; whoever begins with a task or
    job does the same, so that the two never wait for each other. SQLite has one writer and needs no lock.
    """
    if not unit.engine.database.is_sqlite:
        store.process_instances.document_version(unit.session, root_key)


def stored(unit: UnitOfWork, root_key: int) -> bpmn.Workflow:
    """Return a root instance as its state document says, to look at; nothing of it is kept or written.

    Raises whatever a document that cannot be read makes of itself.
    """
    return unit.part(Moves).stored(root_key)


def held_task(unit: UnitOfWork, key: int) -> UserTask:
    """Return a user task, open or closed, whose instance is about to be moved. Raises `NotFound`.

    Transaction: as `lock`, in one statement.
    """
    return unit.part(Moves).task(key)


def _initiator(process: bpmn.ProcessDefinition, start_element: str | None, actor: Actor) -> dict[str, Value]:
    """The variable of a Camunda 7 start event that tells who started; null where the service itself did."""
    for start in process.starts:
        if start.initiator is not None and start_element in {start.element_id, None if start.kind == "none" else ""}:
            return {start.initiator: None if actor.is_system else actor.name}
    return {}


def begin(
    unit: UnitOfWork,
    definition: ProcessDefinition,
    variables: Mapping[str, Value],
    *,
    business_key: str | None = None,
    start_element: str | None = None,
    start_instructions: Sequence[str] = (),
    tags: Sequence[str] = (),
    terminate_after: Sequence[str] = (),
) -> int:
    """Start an instance of a version, run it to its first waits and return its key."""
    return unit.part(Moves).begin(
        definition, variables, business_key, start_element, start_instructions, tags, terminate_after
    )


def deliver(
    unit: UnitOfWork, name: str, correlation_key: str, variables: Mapping[str, Value], business_key: str | None
) -> Delivery | None:
    """Bring a message to its one receiver; None when nobody waits and nothing starts."""
    return unit.part(Moves).deliver(name, correlation_key, variables, business_key)


def deliver_to(unit: UnitOfWork, waiting: Subscription, variables: Mapping[str, Value]) -> Delivery:
    """Bring a message to one who waits inside an instance."""
    return unit.part(Moves).deliver_to(waiting, variables)


def start_by_message(
    unit: UnitOfWork, name: str, variables: Mapping[str, Value], business_key: str | None
) -> Delivery | None:
    """Start what a message starts; None if that is nothing."""
    return unit.part(Moves).start_by_message(name, variables, business_key)


def broadcast(unit: UnitOfWork, name: str, variables: Mapping[str, Value]) -> int:
    """Bring a signal to all who wait for it and all that it starts; return how many."""
    return unit.part(Moves).broadcast(name, variables)


def context(unit: UnitOfWork, workflow: bpmn.Workflow, wait: Wait, business_key: str | None) -> rows.InstanceContext:
    """Return where a wait stands, for what the domain plugs in."""
    element_key = wait.host_key or wait.key
    return rows.InstanceContext(
        wait.instance_key, workflow.key, business_key, workflow.variables(element_key), workflow.definition.process_id
    )
