"""Who may be given a task of a case, as the runtime asks it: whenever a task gets a holder, by whichever door.

What is checked of the person stands in `eligibility`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service import auth, texts
from service.auth import Permission, TaskAccess, accounts
from service.auth.roles import CASE_STAFF, code_of, is_role
from service.casework import case_files, eligibility, going_back, notices, recusals, redaction
from service.casework.case import find
from service.errors import Forbidden, Invalid
from service.feel import Value
from service.runtime.unit import BackMove, Person, Reason, Told, UnitOfWork


class CaseAssignments:
    """Checks the target of claims and assignments on the object (procedure.md section 3, last paragraph)."""

    def check(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if the task may become this person's.

        Raises `Invalid` for an account that is none or not active, `Forbidden` for everybody else who may not hold it,
        and for an actor who hands on a task in a case out of their reach. A task of a process without a case is free.
        """
        case = eligibility.of_task(unit, task)
        if case is None:
            return
        if unit.actor.name not in {user, task.assignee} and not unit.actor.is_system:
            auth.require(unit.actor, Permission.ASSIGN_PEOPLE, case_files.access(unit, case))
        eligibility.require(unit, task, user)

    def check_work(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if a person may complete a task they hold.

        Raises `Forbidden` where the diagram wants another person than who did an earlier step (`rc.notBy`).
        """
        if eligibility.of_task(unit, task) is not None:
            found = eligibility.own_work(unit, task, user)
            if found is not None:
                raise found

    def check_successor(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if the holder of a task may hand it to this person; of a process without a case to its candidates."""
        if eligibility.of_task(unit, task) is not None:
            self.check(unit, task, user)
            return
        account = accounts.find(unit, user)
        if account is None or not account.active:
            raise Invalid("casework.no_such_person", user=user[:80])
        auth.require_assignable(account.actor, task)

    def check_reader(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if a task may be shown to this person: they see the whole case, and are not recused from it."""
        account = accounts.find(unit, user)
        if account is None or not account.active:
            raise Invalid("casework.no_such_person", user=user[:80])
        case = eligibility.of_task(unit, task)
        if case is None:
            return
        if user in recusals.recused(case):
            raise Forbidden("casework.person_recused", user=account.display_name)
        if auth.view_of(account.actor, case_files.access(unit, case)) is not auth.View.FULL:
            raise Forbidden("casework.reader_out_of_reach", user=user)

    def people(self, unit: UnitOfWork, task: TaskAccess) -> Sequence[Person]:
        """Return to whom a task may be given, by name."""
        if eligibility.of_task(unit, task) is not None:
            return [
                Person(offer.name, offer.shown, ", ".join(offer.organs)) for offer in eligibility.people(unit, task)
            ]
        codes = sorted({code_of(group) for group in task.candidate_groups if is_role(code_of(group))})
        found = {name: Person(name, shown, place) for _, place, name, shown in accounts.members(unit, codes)}
        return sorted(found.values(), key=lambda person: (person.shown, person.name))

    def readers(self, unit: UnitOfWork, task: TaskAccess) -> Sequence[Person]:
        """Return who works on the case as a whole, by name; outside all cases to whom the task is offered."""
        case = eligibility.of_task(unit, task)
        if case is None:
            return self.people(unit, task)
        access = case_files.access(unit, case)
        found: dict[str, Person] = {}
        for _role, place, name, shown in accounts.members(unit, sorted(CASE_STAFF)):
            if place in {"", case.row.organ} and name not in found:
                account = accounts.get(unit, name)
                if auth.view_of(account.actor, access) is auth.View.FULL:
                    found[name] = Person(name, shown, place)
        return sorted(found.values(), key=lambda person: (person.shown, person.name))

    def may_urge(self, unit: UnitOfWork, task: TaskAccess) -> bool:
        """Whether the actor supervises the case of the task."""
        case = eligibility.of_task(unit, task)
        return case is not None and auth.may(unit.actor, Permission.SUPERVISE, case_files.access(unit, case))

    def tell(self, unit: UnitOfWork, told: Told) -> None:
        """Send a notice in the words of the catalogue; people are called by their names."""
        case = eligibility.of_task(unit, told.task)
        facts = {**told.facts, "who": accounts.display_names(unit, [str(told.facts["who"])]).get(
            str(told.facts["who"]), str(told.facts["who"])
        )}  # fmt: skip
        notices.send(
            unit,
            told.people,
            texts.message(told.code, facts),
            texts.message(f"{told.code}_text", facts).strip(),
            source_key=told.source_key,
            case=case,
            subject_key=int(told.subject_key) if case is not None and told.subject_key else None,
        )

    def may_go_back(self, unit: UnitOfWork, move: BackMove) -> Reason | None:
        """Return why a step back is forbidden by the states of the person's lines, or by what went out already."""
        return going_back.refusal(unit, move)

    def check_offer(self, unit: UnitOfWork, task: TaskAccess) -> None:
        """Return if the candidates of the task may be changed by hand; those of a case follow its records."""
        if eligibility.of_task(unit, task) is not None and not unit.actor.is_system:
            raise Forbidden("casework.candidates_from_records", key=task.key)

    def shown(self, unit: UnitOfWork, business_key: str | None, data: Mapping[str, Value]) -> Mapping[str, Value]:
        """Return the data of a form as the actor may see them: an expert without what tells whom they concern."""
        case = find(unit, business_key)
        if case is None or not redaction.applies(unit, case):
            return data
        return dict(redaction.redacted(case, data))

    def organ(self, unit: UnitOfWork, business_key: str | None) -> str | None:
        """Return the organ whose people see the group tasks of a case; None outside all cases."""
        case = find(unit, business_key)
        return None if case is None else case.row.organ
