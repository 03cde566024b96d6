"""FUNCTIONS: what the domain adds to FEEL.

`calendar_functions` are pure and need a calendar alone; those added here look at the case of the instance whose
expression calls them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from service import feel
from service.casework import calendar_functions, calendars, deadlines, rule_versions
from service.casework.calendar_functions import guarded, whole_number
from service.feel import Value
from service.runtime.unit import InstanceContext, UnitOfWork

CASE_FUNCTIONS = ("deadline", "overdue working days", "parameter", "versions in force")


class DomainFunctions:
    """The functions of one unit of work."""

    names = frozenset((*calendar_functions.NAMES, *CASE_FUNCTIONS))

    def functions(self, unit: UnitOfWork, instance: InstanceContext) -> Mapping[str, feel.Function]:
        """Return all functions by name."""

        def deadline(parameter: Value, offset: Value = None) -> Value:
            case_key, subject_key, id = _case(instance, parameter)
            row = deadlines.open_one(unit, case_key, subject_key, id)
            if row is None:
                if not unit.writes:
                    raise feel.Failure("deadline_not_open", parameter=id)
                row = deadlines.ensure(unit, case_key, subject_key, id)
            days = None if offset is None else whole_number(offset)
            # Tied even without a due day: once the year is imported or the pause over, the result follows.
            unit.use_deadline(row.key, days)
            moment = deadlines.due_moment(unit, row, days)
            if moment is None:
                raise feel.Failure("deadline_no_due_day", parameter=id)
            return feel.from_python(moment)

        def overdue(parameter: Value) -> Value:
            row = deadlines.find(unit, *_case(instance, parameter))
            days = None if row is None else deadlines.overdue_working_days(unit, row)
            return None if days is None else Decimal(days)

        def parameter_value(id: Value) -> Value:
            return rule_versions.parameter(unit, instance, _id(id))

        def versions_in_force(kind: Value) -> Value:
            if kind not in ("decision", "process"):
                raise feel.Failure("definition_kind_expected")
            return rule_versions.in_force(unit, str(kind))

        own = (
            feel.Function("deadline", ("parameter", "offset"), guarded(deadline), optional=1),
            feel.Function("overdue working days", ("parameter",), guarded(overdue)),
            feel.Function("parameter", ("id",), guarded(parameter_value)),
            feel.Function("versions in force", ("kind",), guarded(versions_in_force)),
        )
        pure = calendar_functions.calendar_functions(lambda: calendars.calendar(unit), unit.engine.zone)
        return {**pure, **{function.name: function for function in own}}


FUNCTIONS = DomainFunctions()


def _case(instance: InstanceContext, parameter: Value) -> tuple[int, str, str]:
    id = _id(parameter)
    if instance.business_key is None or not instance.business_key.isdecimal():
        raise feel.Failure("deadline_without_case")
    return int(instance.business_key), instance.subject_key() or "", id


def _id(value: Value) -> str:
    if isinstance(value, str):
        return value
    raise feel.Failure("parameter_id_expected", found=feel.type_name(value))
