"""The entries of the navigation: what a role cannot use is absent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, url_for
from flask import request as http

from service.auth import Permission, Role
from service.auth.roles import CASE_STAFF
from service.runtime import user_tasks
from service.web import request, words
from service.web.request import Person
from service.web.words import N_, gettext


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation as the template draws it."""

    label: str
    url: str
    icon: str
    key: str  # pressed after "g"
    current: bool
    count: int = 0
    late: bool = False
    count_words: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    label: str
    endpoint: str
    icon: str
    key: str
    allowed: Callable[[Person], bool]


def works_on_tasks(person: Person) -> bool:
    """Whether tasks are ever offered to this person."""
    return person.may(Permission.WORK_ON)


def sees_cases(person: Person) -> bool:
    """Whether the list of cases is theirs to use; those who see a part of one come from their tasks and notices."""
    return person.may(Permission.READ_CASE) and any(code in CASE_STAFF for code, _unit in person.account.roles)


def is_subject(person: Person) -> bool:
    """Whether the person may be held accountable in a case here."""
    return any(code == Role.SUBJECT for code, _unit in person.account.roles)


def _with(permission: Permission) -> Callable[[Person], bool]:
    return lambda person: person.may(permission)


def _everybody(person: Person) -> bool:
    return True


def _keeps_people(person: Person) -> bool:
    return person.may(Permission.MANAGE_ACCOUNTS) or person.may(Permission.MANAGE_ROLES)


def _looks_up_viewings(person: Person) -> bool:
    return person.may(Permission.READ_AUDIT) or person.may(Permission.MANAGE_ROLES)


PLACES: tuple[Place, ...] = (
    Place(N_("Home"), "home.show", icon="house", key="h", allowed=_everybody),
    Place(N_("Tasks"), "tasks.index", icon="inbox", key="t", allowed=works_on_tasks),
    Place(N_("My applications"), "applications.index", icon="file-earmark-text", key="m", allowed=is_subject),
    Place(N_("Cases"), "cases.index", icon="folder2-open", key="c", allowed=sees_cases),
    Place(
        N_("Supervision board"), "rectification.index", icon="binoculars", key="r", allowed=_with(Permission.SUPERVISE)
    ),
    Place(N_("Decision rules"), "decisions.index", icon="table", key="d", allowed=_with(Permission.TRY_DECISIONS)),
    Place(N_("Text of the measure"), "measure.show", icon="book", key="a", allowed=_everybody),
    Place(N_("Deployments"), "deployments.index", icon="diagram-3", key="p", allowed=_with(Permission.DEPLOY)),
    Place(
        N_("Document templates"),
        "documents.templates",
        icon="file-earmark-text",
        key="o",
        allowed=_with(Permission.MANAGE_TEMPLATES),
    ),
    Place(N_("Calendar"), "calendar.index", icon="calendar3", key="k", allowed=_with(Permission.IMPORT_CALENDAR)),
    Place(N_("Parameters"), "parameters.index", icon="sliders", key="a", allowed=_with(Permission.SET_PARAMETERS)),
    Place(N_("Incidents"), "incidents.index", icon="exclamation-triangle", key="i", allowed=_with(Permission.OPERATE)),
    Place(N_("People and roles"), "people.index", icon="people", key="u", allowed=_keeps_people),
    Place(N_("Who looked at what"), "people.viewed", icon="eye", key="w", allowed=_looks_up_viewings),
    Place(N_("Notices"), "notices.index", icon="bell", key="n", allowed=_everybody),
)


def register(app: Flask) -> None:
    """Give the templates the navigation."""
    app.jinja_env.globals["navigation"] = entries

    @app.context_processor
    def _search() -> dict[str, object]:
        person = request.maybe_person()
        return {"sees_cases": person is not None and sees_cases(person)}


def entries() -> list[Entry]:
    """Return the entries for the person of this request."""
    person = request.maybe_person()
    if person is None:
        return []
    return [_entry(place, person) for place in PLACES if place.allowed(person)]


def _entry(place: Place, person: Person) -> Entry:
    url = url_for(place.endpoint)
    inside = http.path == url or (url != "/" and http.path.startswith(url + "/"))
    label = gettext(place.label)
    if place.endpoint != "tasks.index":
        return Entry(label, url, place.icon, place.key, inside)
    total, late = _task_counts()
    spoken = words.ngettext("%(num)s task", "%(num)s tasks", total)
    if late:
        spoken += words.ngettext(", %(num)s of them overdue", ", %(num)s of them overdue", late)
    return Entry(label, url, place.icon, place.key, inside, total, bool(late), spoken)


def _task_counts() -> tuple[int, int]:
    """Return how many tasks the person holds or may take, and how many of them are past their due moment."""
    actor = request.actor()
    candidate = user_tasks.candidate(actor)
    with request.reading() as unit:
        total = user_tasks.search(unit, user_tasks.UserTaskQuery(involved=candidate), limit=1).total
        late = 0
        if total:
            query = user_tasks.UserTaskQuery(involved=candidate, due_before=unit.now)
            late = user_tasks.search(unit, query, limit=1).total
    return total, late
