"""The unit of work: one transaction, one `now`, one actor, and what the use cases reach through it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from service import feel, store
from service.auth.actor import SYSTEM, Actor, ActorKind
from service.auth.permissions import TaskAccess
from service.auth.vault import Vault
from service.bpmn.definition import Element, ProcessDefinition
from service.bpmn.waits import Link
from service.errors import Conflict
from service.feel import Value
from service.runtime.definitions import Definitions
from service.runtime.file_types import FileRules
from service.runtime.wakeup import Wakeup
from service.runtime.workflow_cache import WorkflowCache

__all__ = [
    "SYSTEM",
    "Actor",
    "ActorKind",
    "Assignments",
    "BackMove",
    "Clock",
    "FileReaders",
    "FunctionSource",
    "Handler",
    "InstanceContext",
    "JobContext",
    "Link",
    "Part",
    "Person",
    "Plugins",
    "Reason",
    "RecordSource",
    "Site",
    "Superseded",
    "Told",
    "UnitOfWork",
    "opened",
]


class Superseded(Conflict):
    """Another transaction came first; a second try on fresh rows may succeed."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...


@dataclass(slots=True)
class InstanceContext:
    """Where an expression stands, a task is completed or a job runs; handed to what the domain plugs in."""

    instance_key: int  # process instance, the called one where it is called
    root_key: int
    business_key: str | None  # id of the case file
    variables: Mapping[str, Value]  # visible there, without the records
    process_id: str = ""

    def subject_key(self) -> str | None:
        """The key of the person whom this part of the process is about, from the variable `subject`."""
        subject = self.variables.get("subject")
        key = subject.get("key") if isinstance(subject, Mapping) else None
        return None if key is None else str(key)


@dataclass(frozen=True, slots=True)
class JobContext:
    """A service task's job, as its handler sees it."""

    key: int  # the same in every attempt: a handler that acts outside uses it to act once
    topic: str
    element_id: str
    headers: Mapping[str, str]
    variables: Mapping[str, Value]  # visible at the task, input mappings applied
    instance: InstanceContext
    attempt: int  # 1-based


Handler = Callable[["UnitOfWork", JobContext], Mapping[str, object] | None]


class RecordSource(Protocol):
    """The records of the domain: names that FEEL reads beside variables, and that form fields write."""

    @property
    def names(self) -> frozenset[str]:
        """The record names: `case`, `subject`, `matter`, ..."""
        ...

    def read(self, unit: UnitOfWork, instance: InstanceContext) -> Mapping[str, Value]:
        """The records of an instance's case, read when a name is asked for; empty without a case."""
        ...

    def validate(self, unit: UnitOfWork, instance: InstanceContext, values: Mapping[str, Value]) -> None:
        """Check values by their path, e.g. `matter.privateGain`. Raises `FormRejected`."""
        ...

    def write(self, unit: UnitOfWork, instance: InstanceContext, path: str, value: Value) -> None:
        """Write one value in the present transaction."""
        ...


class FunctionSource(Protocol):
    """What the domain adds to FEEL."""

    @property
    def names(self) -> frozenset[str]:
        """Names of the functions; those that hold spaces must be known when text is parsed."""
        ...

    def functions(self, unit: UnitOfWork, instance: InstanceContext) -> Mapping[str, feel.Function]:
        """The functions for one instance. `instance` follows the evaluation: it always tells where FEEL stands now."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to choose: never shown by the name of the account."""

    name: str  # of the account
    shown: str
    organ: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be said to whom about a task."""

    people: Collection[str]  # user names and groups
    code: str  # of the title; the text has the same code with `_text` behind it
    facts: Mapping[str, object]
    task: TaskAccess
    source_key: int  # of the act: the same person is told once of it
    subject_key: str | None = None


@dataclass(frozen=True, slots=True)
class BackMove:
    """A step back in a diagram."""

    business_key: str | None
    subject_key: str | None
    definition: ProcessDefinition
    start: str  # element gone back to
    done: Sequence[Element]  # what the service itself did since that step was completed


Reason = tuple[str, Mapping[str, object]]  # message code and facts


class Assignments(Protocol):
    """What the domain asks of whoever gets a user task."""

    def check(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if a task may become this person's. Raises `Forbidden`, `Invalid`."""
        ...

    def check_successor(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if a task may be handed to this person by its holder, of whatever process it is."""
        ...

    def check_offer(self, unit: UnitOfWork, task: TaskAccess) -> None:
        """Return if the candidates of a task may be changed by hand. Raises `Forbidden`."""
        ...

    def check_work(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if this person may complete a task they hold. Raises `Forbidden`."""
        ...

    def shown(self, unit: UnitOfWork, business_key: str | None, data: Mapping[str, Value]) -> Mapping[str, Value]:
        """Return the data of a form as the actor may see them."""
        ...

    def organ(self, unit: UnitOfWork, business_key: str | None) -> str | None:
        """Return the organ in charge, whose people alone see the group tasks; None: whoever holds the role."""
        ...

    def check_reader(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if a task may be shown to this person for reading. Raises `Forbidden`, `Invalid`."""
        ...

    def people(self, unit: UnitOfWork, task: TaskAccess) -> Sequence[Person]:
        """Whom a page may offer for a task, before each is checked; by name."""
        ...

    def readers(self, unit: UnitOfWork, task: TaskAccess) -> Sequence[Person]:
        """Whom a page may offer for a copy of a task, before each is checked; by name."""
        ...

    def may_urge(self, unit: UnitOfWork, task: TaskAccess) -> bool:
        """Whether the actor may remind the holder of a task that is not theirs."""
        ...

    def tell(self, unit: UnitOfWork, told: Told) -> None:
        """Tell people what was done about a task; `told.people` may name groups."""
        ...

    def may_go_back(self, unit: UnitOfWork, move: BackMove) -> Reason | None:
        """Why the state of the case forbids going back to an earlier step; None if it doesn't."""
        ...


class FileReaders(Protocol):
    """What the domain says of files that belong to its cases."""

    def is_domain(self, unit: UnitOfWork, business_key: str) -> bool:
        """Whether a business key is that of a case."""
        ...

    def may_read(self, unit: UnitOfWork, business_key: str, file_id: str) -> bool:
        """Whether the actor may read a file of a case."""
        ...


class _NoCases:
    def is_domain(self, unit: UnitOfWork, business_key: str) -> bool:
        return False

    def may_read(self, unit: UnitOfWork, business_key: str, file_id: str) -> bool:
        return False


class _FreeAssignments:
    def check(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        return None

    def check_successor(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        return None

    def check_offer(self, unit: UnitOfWork, task: TaskAccess) -> None:
        return None

    def check_reader(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        return None

    def people(self, unit: UnitOfWork, task: TaskAccess) -> Sequence[Person]:
        return ()

    def readers(self, unit: UnitOfWork, task: TaskAccess) -> Sequence[Person]:
        return ()

    def may_urge(self, unit: UnitOfWork, task: TaskAccess) -> bool:
        return False

    def tell(self, unit: UnitOfWork, told: Told) -> None:
        return None

    def may_go_back(self, unit: UnitOfWork, move: BackMove) -> Reason | None:
        return None

    def check_work(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        return None

    def shown(self, unit: UnitOfWork, business_key: str | None, data: Mapping[str, Value]) -> Mapping[str, Value]:
        return data

    def organ(self, unit: UnitOfWork, business_key: str | None) -> str | None:
        return None


class _NoRecords:
    names: frozenset[str] = frozenset()

    def read(self, unit: UnitOfWork, instance: InstanceContext) -> Mapping[str, Value]:
        return {}

    def validate(self, unit: UnitOfWork, instance: InstanceContext, values: Mapping[str, Value]) -> None:
        return None

    def write(self, unit: UnitOfWork, instance: InstanceContext, path: str, value: Value) -> None:
        raise LookupError(path)


class _NoFunctions:
    names: frozenset[str] = frozenset()

    def functions(self, unit: UnitOfWork, instance: InstanceContext) -> Mapping[str, feel.Function]:
        return {}


# The moment whose decisions an instance goes by where a diagram says `latest`; None: the newest.
RulesSince: TypeAlias = "Callable[[UnitOfWork, InstanceContext], datetime | None]"


def _newest_rules(unit: UnitOfWork, instance: InstanceContext) -> None:
    return None


# Told what became of a deployment: `waiting` for a second person, `approved`, `refused`, `in_force` on its day.
DeploymentNews: TypeAlias = "Callable[[UnitOfWork, int, str], None]"


def _told_to_nobody(unit: UnitOfWork, key: int, what: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Plugins:
    """What the domain gives the engine."""

    handlers: Mapping[str, Handler] = field(default_factory=dict)  # by topic of a service task
    functions: FunctionSource = field(default_factory=_NoFunctions)
    records: RecordSource = field(default_factory=_NoRecords)
    parameters: frozenset[str] | None = None  # ids that a diagram may name; None: not checked
    assignments: Assignments = field(default_factory=_FreeAssignments)
    rules_since: RulesSince = _newest_rules  # whose decisions an instance goes by
    files: FileReaders = field(default_factory=_NoCases)
    vault: Vault | None = None  # None: nothing can be sealed
    deployment_news: DeploymentNews = _told_to_nobody


class AuditHead:
    """Where the audit chain ended when this process wrote to it last: a guess, checked by whoever uses it."""

    def __init__(self) -> None:
        self.known: tuple[int, str] = (0, "")


class KeyPool:
    """Blocks of keys that committed units of work left over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks: list[range] = []

    def take(self) -> range | None:
        with self._lock:
            return self._blocks.pop() if self._blocks else None

    def give_back(self, block: range) -> None:
        if block:
            with self._lock:
                self._blocks.append(block)


@dataclass(slots=True)
class Site:
    """What all units of work of one process share."""

    database: store.Database
    clock: Clock
    zone: ZoneInfo
    plugins: Plugins
    second_person: bool  # whether a deployment waits for somebody else to let it in
    definitions: Definitions
    workflows: WorkflowCache
    files: FileRules = field(default_factory=FileRules)
    keys: KeyPool = field(default_factory=KeyPool)
    work_arrived: threading.Event = field(default_factory=threading.Event)  # set when a job became due by a commit
    committed: Wakeup = field(default_factory=Wakeup)
    audit_head: AuditHead = field(default_factory=AuditHead)


class Part(Protocol):
    """State that one package keeps in a unit of work, and its share in the commit."""

    order: int  # parts with lower numbers write first

    def __init__(self, unit: UnitOfWork) -> None: ...

    def write(self) -> None:
        """Write what is still to be written, in the transaction."""
        ...

    def committed(self) -> None: ...

    def dropped(self) -> None:
        """The transaction was rolled back."""
        ...


P = TypeVar("P", bound=Part)


class UnitOfWork:
    """One transaction with one `now` and one actor; a door opens it, calls a use case and commits."""

    def __init__(self, engine: Site, session: store.Session, actor: Actor, now: datetime, *, writes: bool) -> None:
        self.engine = engine
        self.session = session
        self.actor = actor
        self.now = now
        self.writes = writes
        self.links: list[Link] = []  # deadlines that expressions used since the host was last asked
        self._parts: dict[type[Part], Part] = {}
        self._left_over = range(0)
        self._pooled = True  # the keys at hand survive a rollback
        self._done = False

    def new_key(self) -> int:
        """Return a key that nothing else on the site has."""
        if not self._left_over:
            block = self.engine.keys.take()
            self._pooled = block is not None
            self._left_over = block if block is not None else store.keys.take_block(self.session)
        key = self._left_over[0]
        self._left_over = self._left_over[1:]
        return key

    def use_deadline(self, deadline_key: int, offset: int | None = None) -> None:
        """Tie whatever is being computed to a deadline: when the deadline moves, so will the result."""
        self.links.append(Link(deadline_key, offset))

    def part(self, kind: type[P]) -> P:
        """Return this unit's instance of `kind`, made when first asked for."""
        found = self._parts.get(kind)
        if found is None:
            found = self._parts[kind] = kind(self)
        assert isinstance(found, kind)  # noqa: S101 - stored under its own type
        return found

    def commit(self) -> None:
        """Write what the parts hold back and commit; nothing below a door calls this."""
        if not self.writes:
            raise RuntimeError("this unit of work was opened for reading")
        for part in self._ordered():
            part.write()
        self.session.commit()
        self._done = True
        self.engine.keys.give_back(self._left_over)
        self._left_over = range(0)
        for part in self._ordered():
            part.committed()
        self.engine.committed.signal()

    def _ordered(self) -> Sequence[Part]:
        return sorted(self._parts.values(), key=lambda part: part.order)

    def close(self) -> None:
        """Roll back unless committed."""
        if self._done:
            return
        self._done = True
        self.session.expunge_all()  # rows that were read stay readable; a rollback would empty them
        self.session.rollback()
        if self._pooled:
            self.engine.keys.give_back(self._left_over)
        for part in self._ordered():
            part.dropped()


@contextmanager
def opened(site: Site, actor: Actor, *, writes: bool) -> Iterator[UnitOfWork]:
    """Open a unit of work; leaving it without commit rolls back."""
    with site.database.writing() if writes else site.database.reading() as session:
        unit = UnitOfWork(site, session, actor, site.clock.now(), writes=writes)
        try:
            yield unit
        finally:
            unit.close()
