"""A site for tests: an engine with the actions that most tests begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from service import feel
from service.auth import SYSTEM, Actor
from service.errors import FormRejected
from service.feel import Value
from service.runtime import deployments, incidents, instances, user_tasks
from service.runtime.deployments import Deployed, Resource
from service.runtime.engine import Engine
from service.runtime.incidents import Incident
from service.runtime.instances import ProcessInstance
from service.runtime.unit import InstanceContext, Plugins, UnitOfWork
from service.runtime.user_tasks import TaskOrder, UserTask, UserTaskQuery, UserTaskState

T = TypeVar("T")

OWNER = Actor("owner", frozenset({"OWNER"}))


class Site:
    """An engine, opened anew by `restart`."""

    def __init__(self, url: str, open_engine: Callable[..., Engine], plugins: Plugins | None = None) -> None:
        self._url = url
        self._open = open_engine
        self._plugins = plugins
        self.engine = open_engine(url, plugins)

    def restart(self) -> None:
        """Begin again with nothing in memory."""
        self.engine.close()
        self.engine = self._open(self._url, self._plugins)

    def run(self, use_case: Callable[[UnitOfWork], T], actor: Actor = SYSTEM) -> T:
        return self.engine.run(actor, use_case)

    def read(self, use_case: Callable[[UnitOfWork], T], actor: Actor = SYSTEM) -> T:
        with self.engine.reading(actor) as unit:
            return use_case(unit)

    def deploy(self, *resources: Resource) -> Deployed:
        return self.run(lambda unit: deployments.deploy(unit, resources))

    def start(
        self, process_id: str = "p", variables: Mapping[str, object] | None = None, *, business_key: str | None = None
    ) -> ProcessInstance:
        return self.run(lambda unit: instances.start(unit, process_id, variables or {}, business_key=business_key))

    def instance(self, key: int) -> ProcessInstance:
        return self.read(lambda unit: instances.get(unit, key))

    def tasks(self, **query: object) -> list[UserTask]:
        found = UserTaskQuery(**({"order": TaskOrder.CREATED} | query))  # type: ignore[arg-type]
        return list(reversed(self.read(lambda unit: user_tasks.search(unit, found)).items))

    def open_elements(self) -> list[str]:
        return [task.element_id for task in self.tasks(state=UserTaskState.CREATED)]

    def complete(self, element_id: str, submission: Mapping[str, object] | None = None) -> UserTask:
        """Complete the oldest open task of an element, as the system."""
        task = next(task for task in self.tasks() if task.element_id == element_id)
        self.run(lambda unit: user_tasks.complete(unit, task.key, submission))
        return task

    def variables(self, key: int) -> dict[str, Value]:
        return self.read(lambda unit: instances.variables(unit, key))

    def incidents(self) -> list[Incident]:
        return list(self.read(incidents.search).items)


class Notebook:
    """Records of a domain as small as can be: `matter` of each case, whose `title` must not be empty."""

    names = frozenset({"matter", "subject"})

    def __init__(self) -> None:
        self.written: dict[str | None, dict[str, Value]] = {}

    def read(self, unit: UnitOfWork, instance: InstanceContext) -> Mapping[str, Value]:
        return {
            "matter": dict(self.written.get(instance.business_key, {})),
            "subject": {"key": instance.subject_key()},
        }

    def validate(self, unit: UnitOfWork, instance: InstanceContext, values: Mapping[str, Value]) -> None:
        if values.get("matter.title") == "":
            raise FormRejected({"matter.title": [("notebook.empty", {})]})

    def write(self, unit: UnitOfWork, instance: InstanceContext, path: str, value: Value) -> None:
        self.written.setdefault(instance.business_key, {})[path.removeprefix("matter.")] = value


class Functions:
    """FEEL functions given as plain functions of the unit and what FEEL passes."""

    def __init__(self, **functions: Callable[..., Value]) -> None:
        self._functions = functions
        self.names = frozenset(functions)

    def functions(self, unit: UnitOfWork, instance: InstanceContext) -> Mapping[str, feel.Function]:
        def made(name: str, call: Callable[..., Value]) -> feel.Function:
            return feel.Function(name, ("a",), lambda a: call(unit, a))

        return {name: made(name, call) for name, call in self._functions.items()}
