"""Error classes to status, as a page or as problem JSON; the only place that knows both."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus

import simplejson
from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from service import texts
from service.auth import Actor
from service.errors import (
    Conflict,
    DeploymentRejected,
    Forbidden,
    FormRejected,
    Invalid,
    NotFound,
    ServiceError,
    Severity,
    TooLarge,
    Unauthenticated,
    Unsupported,
)
from service.runtime import audit
from service.runtime.unit import UnitOfWork
from service.web import deploying, doors, words
from service.web.request import maybe_person
from service.web.site import site

LOG = logging.getLogger(__name__)

STATUS: dict[type[ServiceError], HTTPStatus] = {
    DeploymentRejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    FormRejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Unsupported: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
}

# Titles of the REST interface, as Camunda's clients know them; the REST interface says 400 where a page says 422.
TITLES: dict[int, str] = {
    400: "INVALID_ARGUMENT",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "INVALID_STATE",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    500: "INTERNAL",
    503: "RESOURCE_EXHAUSTED",
    504: "DEADLINE_EXCEEDED",
}
# A conflict with something that is there already has a title of its own.
ALREADY_THERE = frozenset({"runtime.message_known", "runtime.file_exists"})

# What a page says above the message of the error itself.
HEADINGS: dict[int, str] = {
    400: words.N_("The request could not be understood"),
    401: words.N_("Please sign in"),
    403: words.N_("You may not do this"),
    404: words.N_("There is no such page"),
    405: words.N_("The request could not be understood"),
    409: words.N_("Someone was faster"),
    413: words.N_("That is too large"),
    415: words.N_("Files of this kind are not taken"),
    422: words.N_("This cannot be done as it stands"),
    500: words.N_("Something went wrong on our side"),
}
ADVICE: dict[int, str] = {
    400: words.N_("Go back, reload the page and try again."),
    403: words.N_("If this belongs to your work, ask your administrator for the role."),
    404: words.N_("It may have been finished or moved; look for it in your lists."),
    409: words.N_("Nothing was changed. Open it again to see how it stands now."),
    413: words.N_("Choose smaller files, or send them one after the other."),
    415: words.N_("Nothing was changed. Save the file in another format and choose it again."),
    422: words.N_("Nothing was changed. Go back, correct it and send it again."),
    500: words.N_("Nothing was changed. Try again; if it happens again, report the request number."),
}
PROBLEMS_SHOWN = 10
# What is there, but not for this person: said as if it were not.
HIDDEN = frozenset({"auth.no_such_case", "auth.no_such_task"})
CHALLENGE = 'Basic realm="rongcuo", charset="UTF-8"'


def status_of(error: ServiceError) -> HTTPStatus:
    """Return the status of an error's class, or of the nearest class it derives from."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def register(app: Flask) -> None:
    """Answer every error in the form that the caller reads."""
    app.before_request(_number)
    app.register_error_handler(ServiceError, _service_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _failure)


def _number() -> None:
    g.request_number = secrets.token_hex(6)


def request_number() -> str:
    """Return the number of this request, which error pages and logs show."""
    if "request_number" not in g:
        _number()
    return str(g.request_number)


def wants_rest() -> bool:
    """Whether the caller speaks the REST interface."""
    return doors.speaks_eight(request.path)


def wants_json() -> bool:
    """Whether a script of our pages asks."""
    return request.accept_mimetypes.best == "application/json"


def _service_error(error: ServiceError) -> Response:
    status = status_of(error)
    if isinstance(error, Forbidden) or error.code in HIDDEN:
        _note_refusal(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        LOG.error("request %s: %s", request_number(), error, exc_info=error)
    if wants_rest():
        return problem(error)
    if doors.speaks_seven(request.path):
        return seven_problem(error)
    if wants_json():
        return _json_answer(error, status)
    return _page(status, texts.render(error, words.locale()))


def _note_refusal(error: ServiceError) -> None:
    """Enter the attempt in the audit log, one entry a request; who is not known was refused before, at the door."""
    person = maybe_person()
    who = person.actor if person is not None else g.get("program")
    if not isinstance(who, Actor):
        return

    def note(unit: UnitOfWork) -> None:
        facts = {"code": error.code, "method": request.method, "path": request.path[:200]}
        case = error.facts.get("key") if error.code == "auth.no_such_case" else None
        audit.record(
            unit,
            "access.refuse",
            ("request", request.endpoint or "-"),
            after=facts,
            business_key=None if case is None else str(case),
        )

    site().engine.run(who, note)


def _json_answer(error: ServiceError, status: HTTPStatus) -> Response:
    body: dict[str, object] = {"text": texts.render(error, words.locale()), "request": request_number()}
    if isinstance(error, FormRejected):
        body["fields"] = [
            {"path": path, "label": path, "messages": messages}
            for path, messages in texts.fields(error, words.locale()).items()
        ]
    response = make_response(body, status)
    response.mimetype = "application/json"
    return response


def _http_error(error: HTTPException) -> Response:
    code = error.code or 500
    if error.response is not None:
        return make_response(error.response)
    text = ""
    if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        text = words.message("request_too_large", limit=deploying.REQUEST_LIMIT // deploying.MB)
    if wants_rest():
        return rest_problem(code, text or (error.description or error.name))
    if doors.speaks_seven(request.path):
        return seven_answer(code, text or (error.description or error.name))
    if wants_json():
        return make_response({"text": text or words.gettext(HEADINGS.get(code, HEADINGS[400]))}, code)
    response = _page(HTTPStatus(code), text)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _failure(error: Exception) -> Response:
    # The last place where an unforeseen error can be kept from the caller; the log has it whole.
    LOG.error("request %s %s %s failed", request_number(), request.method, request.path, exc_info=error)
    text = words.message("internal_error", number=request_number())
    if wants_rest():
        return rest_problem(500, text)
    if doors.speaks_seven(request.path):
        return seven_answer(500, text)
    if wants_json():
        return make_response({"text": text}, 500)
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR, "")


def _page(status: HTTPStatus, text: str) -> Response:
    heading = HEADINGS.get(status, HEADINGS[400])
    advice = ADVICE.get(status, "")
    # htmx puts the answer in the place of a part: a whole page there would nest in the page.
    page = render_template(
        "error_part.html" if "HX-Request" in request.headers else "error.html",
        heading=words.gettext(heading),
        text=text,
        advice=words.gettext(advice) if advice else "",
        status=int(status),
        number=request_number(),
    )
    return make_response(page, status)


def problem(error: ServiceError) -> Response:
    """Return an error as problem JSON, in the site's language: programs and the Modeler show `detail` as it is."""
    language = site().settings.locale
    if isinstance(error, DeploymentRejected):
        lines = [texts.finding(found, language) for found in error.findings]
        detail = " | ".join(lines[:PROBLEMS_SHOWN])
        if len(lines) > PROBLEMS_SHOWN:
            detail += f" | (+{len(lines) - PROBLEMS_SHOWN})"
        return rest_problem(400, detail)
    extra: dict[str, object] = {}
    detail = texts.render(error, language)
    if isinstance(error, FormRejected):
        extra["fieldErrors"] = texts.fields(error, language)
        detail = " | ".join(
            [detail, *(f"{path}: {' '.join(said)}" for path, said in texts.fields(error, language).items())]
        )
    if error.code in ALREADY_THERE:
        extra["title"] = "ALREADY_EXISTS"
    return rest_problem(rest_status(error), detail, extra)


def rest_status(error: ServiceError) -> int:
    """Return the status of an error on the REST interface."""
    code = int(status_of(error))
    return 400 if code == HTTPStatus.UNPROCESSABLE_ENTITY else code


def seven_problem(error: ServiceError) -> Response:
    """Return an error as Camunda 7 does: the Modeler shows `message`, and knows a faulty diagram by how it begins."""
    language = site().settings.locale
    if isinstance(error, DeploymentRejected):
        lines = [texts.finding(found, language) for found in error.findings]
        shown = lines[:PROBLEMS_SHOWN] + ([f"(+{len(lines) - PROBLEMS_SHOWN})"] if len(lines) > PROBLEMS_SHOWN else [])
        message = "ENGINE-09005 Could not parse BPMN process. Errors: " + "".join(f"\n* {line}" for line in shown)
        return seven_answer(400, message, "ParseException", _by_file(error, language))
    code = int(status_of(error))
    kind = "AuthorizationException" if code == HTTPStatus.FORBIDDEN else "RestException"
    return seven_answer(400 if code == HTTPStatus.UNPROCESSABLE_ENTITY else code, texts.render(error, language), kind)


def seven_answer(code: int, message: str, kind: str = "RestException", details: object = None) -> Response:
    """Return an error body of Camunda 7."""
    body: dict[str, object] = {"type": kind, "message": message, "code": 0}
    if details is not None:
        body["details"] = details
    response = make_response(simplejson.dumps(body, ensure_ascii=False, separators=(",", ":")), code)
    response.mimetype = "application/json"
    if code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def _by_file(error: DeploymentRejected, language: str) -> dict[str, object]:
    files: dict[str, dict[str, list[object]]] = {}
    for found in error.findings:
        listed = files.setdefault(found.file, {"errors": [], "warnings": []})
        listed["errors" if found.severity is Severity.ERROR else "warnings"].append(
            {
                "message": texts.message(found.code, found.facts, language),
                "line": found.line or 0,
                "column": 0,
                "mainElementId": found.element_id,
                "elementIds": [found.element_id] if found.element_id else [],
            }
        )
    return dict(files)


def rest_problem(code: int, detail: str, extra: dict[str, object] | None = None) -> Response:
    """Return RFC 9457 JSON with `detail` first and on one line: the Modeler shows no more than the beginning."""
    body: dict[str, object] = {
        "detail": " ".join(detail.split()),
        "title": TITLES.get(code, "INVALID_ARGUMENT" if code < 500 else "INTERNAL"),
        "status": code,
        "type": "about:blank",
        "instance": request.path,
        **(extra or {}),
    }
    text = simplejson.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = make_response(text, code)
    response.mimetype = "application/problem+json"
    if code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response
