"""Work for a handler: service and send tasks, and any other task or throw event that carries a job."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import cast

from service.bpmn.definition import Dialect, Script
from service.bpmn.definition import Job as JobDefinition
from service.bpmn.expressions import Expression, static
from service.bpmn.node import RESULT, NodeSpec, Task
from service.bpmn.source import Source
from service.bpmn.waits import Job

KIND = "EXTRACT_VALUE_ERROR"


def open_job(task: Task, job: JobDefinition, kind: str) -> None:
    """Wait for a handler of the job's topic. Raises `Failure`."""
    workflow = task.workflow
    place = workflow.scopes_of(task)
    topic = place.text(job.topic, KIND)
    if not topic:
        raise place.unfit(job.topic, KIND, "bpmn.job_without_topic", None)
    numbers = []
    for expression, otherwise in ((job.retries, 3), (job.priority, 0)):
        value = otherwise if expression is None else place.evaluate(expression, KIND)
        if isinstance(value, str) and value.strip().lstrip("-").isdigit():
            value = Decimal(value.strip())
        if value is None:
            value = otherwise
        if expression is not None and (
            not isinstance(value, (Decimal, int)) or isinstance(value, bool) or value != int(value)
        ):
            raise place.unfit(expression, KIND, "bpmn.number_expected", value)
        numbers.append(int(cast(Decimal, value)))
    workflow.wait_for(
        Job(
            key=task.id,
            topic=topic,
            retries=numbers[0],
            priority=numbers[1],
            headers=dict(job.headers),
            kind=kind,
            **workflow.about(task),
        )
    )


class WorkSpec(NodeSpec):
    """A job, or an expression evaluated at once; a task with neither is passed through."""

    def activate(self, task: Task) -> bool:
        detail = self.element.detail
        if isinstance(detail, JobDefinition):
            open_job(task, detail, "task")
            return False
        if isinstance(detail, Script):
            value = task.workflow.scopes_of(task).evaluate(detail.expression, KIND)
            if detail.result_variable:
                task.internal_data[RESULT] = {detail.result_variable: value}
        return True


class SendTaskSpec(WorkSpec):
    """A job, or without one the message itself."""

    def activate(self, task: Task) -> bool:
        if self.element.detail is None and self.element.event is not None:
            task.workflow.throw_message(task, self.element.event)
            return True
        return super().activate(task)


def read(source: Source) -> JobDefinition | Script | None:
    """A job of either dialect, or an expression of Camunda 7; None, with a finding, where there must be one."""
    if source.dialect is Dialect.CAMUNDA_7:
        return _read_7(source)
    job = read_job(source)
    if job is None and source.tag == "serviceTask":
        source.error("bpmn.job_missing", "zeebe:taskDefinition type")
    if job is None and source.tag == "sendTask" and source.attribute("messageRef") is None:
        source.error("bpmn.job_missing", "zeebe:taskDefinition type")
    return job


def read_job(source: Source) -> JobDefinition | None:
    """`zeebe:taskDefinition` with its headers and priority."""
    holder = source.extension("taskDefinition")
    if holder is None:
        return None
    topic = holder.expression(holder.attribute("type"), "zeebe:taskDefinition type")
    if topic is None:
        holder.error("bpmn.job_missing", "zeebe:taskDefinition type")
        return None
    retries = holder.whole_number(holder.attribute("retries"), "zeebe:taskDefinition retries", signed=False)
    priority = source.extension("jobPriorityDefinition")
    return JobDefinition(
        topic=topic,
        retries=retries,
        priority=source.context.job_priority if priority is None else read_priority(priority),
        headers=source.headers(),
    )


def read_priority(holder: Source) -> Expression | None:
    """The value of a `zeebe:jobPriorityDefinition`, on a task or on the process."""
    return holder.whole_number(holder.attribute("priority"), "zeebe:jobPriorityDefinition priority")


def _read_7(source: Source) -> JobDefinition | Script | None:
    if source.camunda("type") == "external":
        topic = source.expression(source.camunda("topic"), "camunda:topic")
        if topic is None:
            source.error("bpmn.job_missing", "camunda:topic")
            return None
        return JobDefinition(
            topic=topic,
            retries=_retries_7(source),
            priority=source.whole_number(source.camunda("taskPriority"), "camunda:taskPriority")
            or source.context.job_priority,
        )
    if source.camunda("type") is not None:
        source.error("bpmn.extension_unsupported", "camunda:type", extension="camunda:type")
    if (text := source.camunda("expression")) is not None:
        expression = source.dynamic(text, "camunda:expression") or static(text)
        return Script(expression, source.camunda("resultVariable"))
    if source.tag == "serviceTask":
        source.error("bpmn.service_task_without_work", "camunda:type")
    if source.tag == "sendTask" and source.attribute("messageRef") is None:
        source.error("bpmn.service_task_without_work", "camunda:type")
    return None


def _retries_7(source: Source) -> Expression | None:
    """The number of `camunda:failedJobRetryTimeCycle`, written `R5/PT10M`; how long to wait is the worker's matter."""
    holder = source.extension("failedJobRetryTimeCycle")
    if holder is None:
        return None
    found = re.fullmatch(r"R(\d+)/P.+", holder.text)
    if found is None:
        holder.error("bpmn.retry_cycle", "camunda:failedJobRetryTimeCycle", value=holder.text)
        return None
    return static(found[1])
