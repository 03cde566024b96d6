"""What several pages show of the engine and of cases: diagrams with their states, steps, judgements, submissions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask import url_for

from service import auth
from service.auth import Actor, Permission, Role
from service.casework import case_files, notices, overviews
from service.casework.case import find as find_case
from service.runtime import decisions, deployments, form_display, history, instances, step_notes, user_tasks
from service.runtime.history import FlowNodeState
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import Submission, UserTask, UserTaskQuery
from service.web import file_links, labels, request, results, words
from service.web.answers import decoded
from service.web.words import gettext

USER_NAME = re.compile(r"[a-z][a-z0-9._-]{1,62}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
MOST_SENTENCES = 60
EMPHASIS = re.compile(r"\*\*(.+?)\*\*")
SHOWN_TYPES = frozenset(
    {
        "USER_TASK",
        "SERVICE_TASK",
        "BUSINESS_RULE_TASK",
        "SCRIPT_TASK",
        "CALL_ACTIVITY",
        "SUB_PROCESS",
        "MULTI_INSTANCE_BODY",
        "RECEIVE_TASK",
        "SEND_TASK",
        "MANUAL_TASK",
        "START_EVENT",
        "END_EVENT",
        "INTERMEDIATE_CATCH_EVENT",
        "INTERMEDIATE_THROW_EVENT",
        "BOUNDARY_EVENT",
    }
)


# What the engine does by itself.
AUTOMATIC_TYPES = frozenset({"SERVICE_TASK", "BUSINESS_RULE_TASK", "SCRIPT_TASK", "SEND_TASK"})


@dataclass(frozen=True, slots=True)
class Heading:
    """The case and person that a task belongs to, as one line."""

    line: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    state: str  # done, current, failed, cancelled
    state_words: str
    times: int
    when: str
    article: str = ""
    who: str = ""  # did it, or was told


@dataclass(frozen=True, slots=True)
class MatchedRule:
    index: int
    table: str
    annotations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """One judgement in words: result, rules that matched with their articles, facts."""

    name: str
    version: int | None
    at: datetime | None
    step: str
    subject: str
    result: str
    rules: tuple[MatchedRule, ...]
    inputs: tuple[tuple[str, str], ...]
    failure: str
    why: tuple[str, ...]  # sentences, in the order of thought
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    name: str
    by: str
    at: datetime
    rows: Sequence[form_display.FormRow]
    subject: str = ""
    key: int = field(default=0)


def readable_task(unit: UnitOfWork, key: int) -> UserTask:
    """Return a task that the person may see; raises `NotFound` for any other, so that a guessed key tells nothing."""
    task = user_tasks.get(unit, key)
    auth.require(request.actor(), Permission.READ_TASK, user_tasks.access(task))
    return task


def permitted_task(unit: UnitOfWork, key: int, permission: Permission) -> UserTask:
    """Return a task if the person may do this to it; raises `NotFound` or `Forbidden`."""
    task = user_tasks.get(unit, key)
    auth.require(request.actor(), permission, user_tasks.access(task))
    return task


def revision(task: UserTask) -> str:
    """Return a mark that changes when somebody else gets the task or it changes otherwise."""
    who = [task.assignee or "", task.owner or ""]
    parts = [task.state.value, *who, str(task.due_at), str(task.form_key), task.candidate_groups]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def is_nameless(actor: Actor) -> bool:
    """Whether somebody is an expert and nothing else: they see no names, organs or numbers of cases."""
    return {auth.roles.code_of(group) for group in actor.groups} <= {Role.EXPERT}


def headings(unit: UnitOfWork, tasks: Sequence[UserTask]) -> dict[int, Heading]:
    """Return what each task belongs to, by task key."""
    found = overviews.headings_of_tasks(unit, tasks)
    # Experts answer questions without knowing whom they concern.
    nameless = is_nameless(request.actor())
    result = {}
    for task in tasks:
        heading = found.get(task.key)
        result[task.key] = (
            Heading()
            if heading is None
            else Heading(
                "" if nameless else f"{heading.case_no} {heading.subject_name}".strip(),
                "" if nameless else heading.title,
            )
        )
    return result


@dataclass(frozen=True, slots=True)
class Around:
    """What a person may see of the case around a task."""

    url: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    full: bool = False  # the judgements too


def around(unit: UnitOfWork, task: UserTask) -> Around:
    """Return the case summary beside a task, as far as the person may see the case; all of it without a case."""
    case = find_case(unit, task.business_key)
    if case is None:
        return Around(full=True)
    seen = auth.view_of(request.actor(), case_files.access(unit, case))
    if seen is auth.View.SUBJECT:
        return Around(url_for("applications.show", key=case.key))
    if seen is not auth.View.FULL:
        return Around(url_for("cases.show", key=case.key) if seen is auth.View.RECTIFICATION else None)
    called = request.Called(unit)
    people = case.people()
    lead = people.get("leadInvestigator")
    person = overviews.headings_of_tasks(unit, [task]).get(task.key)
    facts = [
        (gettext("Case number"), case.row.case_no),
        (gettext("Title"), case.row.title),
        (gettext("Organ in charge"), case.row.organ),
    ]
    for subject in case.subjects:
        if person is None or person.subject_key in (None, subject.key):
            state = labels.tag(labels.STATES, subject.state)
            said = gettext("%(name)s (%(state)s)", name=subject.name, state=state[0] if state else "")
            facts.append((gettext("Person held accountable"), said))
            matter = case.document("matter", subject.key)
            facts += [
                (label, str(matter[name]))
                for name, label in (
                    ("title", gettext("Matter")),
                    ("description", gettext("Course of events")),
                    ("occurredFrom", gettext("From")),
                    ("occurredTo", gettext("To")),
                )
                if matter.get(name)
            ]
    if lead:
        facts.append((gettext("Head of the investigation"), called(str(lead))))
    investigators = people.get("investigators") or []
    if investigators:
        facts.append((gettext("Investigator"), gettext(", ").join(called(str(name)) for name in investigators)))
    return Around(url_for("cases.show", key=case.key), tuple(facts), True)


def diagram(unit: UnitOfWork, instance_key: int) -> dict[str, Any]:
    """Return a diagram's XML and where its elements stand, for the island."""
    instance = instances.get(unit, instance_key)
    states = {}
    for element_id, state in history.element_states(unit, instance_key).items():
        if state.incidents:
            name = "failed"
        elif state.active:
            name = "current"
        elif state.completed:
            name = "done"
        else:
            continue
        states[element_id] = {"state": name, "times": state.completed + state.active}
    for flow_id, times in history.flows_taken(unit, instance_key).items():
        states.setdefault(flow_id, {"state": "done", "times": times})
    xml = deployments.source_of(unit, deployments.ProcessDefinition, instance.definition_key)
    return {"xml": xml.decode("utf-8", "replace"), "states": states}


def steps(unit: UnitOfWork, instance_key: int) -> list[Step]:
    """Return the named steps of an instance in order of first arrival: the text equivalent of its diagram.

    What the engine does by itself is left out, except notices; process owners, who look after the diagrams, see all.
    """
    whole = request.person().may(Permission.OPERATE)
    found = [
        node
        for node in history.flow_nodes(unit, instance_key=instance_key)
        if node.name and node.element_type in SHOWN_TYPES
    ]
    automatic = [node.key for node in found if node.element_type in AUTOMATIC_TYPES]
    told = notices.recipients_of(unit, automatic)
    failed = {element_id for element_id, state in history.element_states(unit, instance_key).items() if state.incidents}
    by_itself = {node.element_id for node in found if node.element_type in AUTOMATIC_TYPES and node.key not in told}
    visits: dict[str, list[history.FlowNodeInstance]] = {}
    for node in found:
        hidden = node.element_id in by_itself and node.key not in told
        if whole or not hidden or node.element_id in failed:
            visits.setdefault(node.element_id, []).append(node)
    query = UserTaskQuery(instance_key=instance_key, state=None)
    done_by = {task.key: task.completed_by or task.assignee for task in user_tasks.search(unit, query, limit=500).items}
    called = request.Called(unit)
    notes = step_notes.of_definition(unit, instances.get(unit, instance_key).definition_key)
    result = []
    for element_id, arrived in visits.items():
        # Around the runs of a step that is done by several people stands one that is none of them.
        nodes = [node for node in arrived if node.element_type != "MULTI_INSTANCE_BODY"] or arrived
        last = nodes[-1]
        if element_id in failed:
            state = "failed"
        elif any(node.state is FlowNodeState.ACTIVE for node in nodes):
            state = "current"
        else:
            state = "done" if last.state is FlowNodeState.COMPLETED else "cancelled"
        when = words.moment(last.ended_at or last.started_at)
        people = [name for node in nodes for name in (done_by.get(node.key), *told.get(node.key, ())) if name]
        note = notes.get(element_id, step_notes.StepNotes())
        result.append(
            Step(
                step_name(note, last.name or element_id),
                state,
                labels.text(labels.STEP_STATES, state),
                len(nodes),
                when,
                note.article or "",
                gettext(", ").join(called(name) for name in dict.fromkeys(people)),
            )
        )
    return result


def step_name(notes: step_notes.StepNotes, name: str) -> str:
    """Return what a step is called on pages in this language."""
    return notes.name_en if notes.name_en and words.locale() == "en" else name


def evaluations_of_task(unit: UnitOfWork, task: UserTask) -> list[EvaluationView]:
    """Return the latest judgement of each decision in the task's instance, newest first."""
    found = decisions.evaluations(unit, instance_key=task.instance_key, limit=50).items
    seen: set[str] = set()
    result = []
    for row in found:
        if row.decision_id not in seen:
            seen.add(row.decision_id)
            result.append(evaluation(unit, row))
    return result


def evaluation(
    unit: UnitOfWork, row: decisions.DecisionEvaluation, subject: str = "", step: str = ""
) -> EvaluationView:
    """Return a stored evaluation in words."""
    trace = decoded(row.evaluated)
    rules = []
    for item in trace:
        for rule in item.get("matched") or ():
            annotations = rule.get("annotations") or {}
            rules.append(
                MatchedRule(
                    int(rule["index"]),
                    str(item.get("name") or item.get("id")),
                    tuple(
                        (gettext("Note") if name == "description" else str(name), results.layer(str(text)))
                        for name, text in annotations.items()
                        if text and (name != "description" or len(annotations) == 1)
                    ),
                )
            )
    inputs = decoded(row.inputs)
    failure = ""
    if row.failure_code:
        failure = words.message(row.failure_code, **decoded(row.failure_facts or "{}"))
    return EvaluationView(
        row.decision_name or row.decision_id,
        row.decision_version,
        row.evaluated_at,
        step,
        subject,
        results.result(decoded(row.output)),
        tuple(rules),
        tuple((results.name(str(name)), results.value(found)) for name, found in inputs.items()),
        failure,
        _why(unit, row, trace),
        row.key,
    )


@dataclass(frozen=True, slots=True)
class _InWords:
    """The wording of an explanation for people: results and codes as pages call them."""

    outputs: Mapping[str, str]  # what a table with one output column calls it, by the name of its decision

    def name(self, name: str) -> str:
        return results.name(name)

    def value(self, value: Any, of: str) -> str:
        return results.value(value, self.outputs.get(of, of))

    def test(self, text: str, of: str) -> str:
        return results.condition(text, self.outputs.get(of, of))


def _why(unit: UnitOfWork, row: decisions.DecisionEvaluation, trace: list[dict[str, Any]]) -> tuple[str, ...]:
    outputs = {
        str(item["name"]): str(rule["outputs"][0]["name"])
        for item in trace
        for rule in item.get("matched") or ()
        if len(rule["outputs"]) == 1 and rule["outputs"][0]["name"]
    }
    told = []
    for code, facts in decisions.explanation(unit, row, _InWords(outputs)):
        if code == "explain_expression":
            continue  # its inputs and its value are told; the formula stands on the page of the rules
        said = dict(facts)
        if code == "explain_annotation":
            if said["column"] == "description":
                continue  # repeats the other columns, for those who open the file in the Modeler
            said["text"] = results.layer(str(said["text"]))
        told.append(words.message(code, **said))
    left = len(told) - MOST_SENTENCES
    return (*told[:MOST_SENTENCES], gettext("and %(num)s more", num=left)) if left > 0 else tuple(told)


def submitted(unit: UnitOfWork, task: UserTask) -> Submitted | None:
    """Return what completed a task, None if nothing did."""
    row = user_tasks.submission(unit, task.key)
    return None if row is None else submission(unit, row, task.name or task.element_id)


def submission(unit: UnitOfWork, row: Submission, name: str, subject: str = "") -> Submitted:
    """Return a submission by the labels of its form."""
    called = request.Called(unit)
    # What guided the person belongs to the form, not to what they submitted.
    rows = [_named(found, called) for found in form_display.of_submission(unit, row) if found.kind != "text"]
    rows = file_links.resolved(unit, rows, row.user_task_key)
    return Submitted(name, called(row.submitted_by), row.submitted_at, rows, subject, row.key)


def two_drafts(unit: UnitOfWork, key: int, typed: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return label, what was typed here and what is saved of each field in which the two differ."""
    called = request.Called(unit)

    def said(data: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        rows = [_named(row, called) for row in form_display.of_values(unit, key, data) if row.kind != "text"]
        return {row.path: (row.label, gettext("; ").join(row.values)) for row in rows}

    here, saved = said(typed), said(user_tasks.draft(unit, key) or {})
    found = []
    for path in {**here, **saved}:
        label = (here.get(path) or saved[path])[0]
        mine, other = here.get(path, ("", ""))[1], saved.get(path, ("", ""))[1]
        if mine != other:
            found.append((label, mine, other))
    return found


def rows_of_task(unit: UnitOfWork, key: int) -> list[form_display.FormRow]:
    """Return an open task's form as those read it who do not work on it."""
    called = request.Called(unit)
    return file_links.resolved(unit, [_named(found, called) for found in form_display.of_task(unit, key)], key)


def _named(row: form_display.FormRow, called: request.Called) -> form_display.FormRow:
    """Return a row with people by name, moments in the site's zone, and guidance without its markup."""
    if row.kind == "text":
        return replace(row, label=EMPHASIS.sub(r"\1", row.label))
    return replace(row, values=tuple(_said(text, called) for text in row.values))


def _said(text: str, called: request.Called) -> str:
    if MOMENT.match(text):
        return words.moment(text)
    return called(text) if USER_NAME.fullmatch(text) else text
