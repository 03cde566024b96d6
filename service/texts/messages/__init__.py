"""Every message code of the service, with its English text, which is the msgid of the catalogues.

One module a package; a new package adds its module here and a po file beside in `zh_CN/`.
"""

from __future__ import annotations

from service.texts.messages import (
    archives,
    auth,
    bpmn,
    calendar,
    casework,
    casework_deadlines,
    cli,
    dmn,
    documents,
    feel,
    forms,
    integrity,
    lint,
    roles,
    runtime,
    settings,
    store,
    task_verbs,
    web,
    worker,
)

SOURCES: dict[str, dict[str, str]] = {
    "feel": feel.MESSAGES,
    "dmn": dmn.MESSAGES,
    "documents": documents.MESSAGES,
    "bpmn": bpmn.MESSAGES,
    "forms": forms.MESSAGES,
    "lint": lint.MESSAGES,
    "archives": archives.MESSAGES,
    "auth": auth.MESSAGES,
    "roles": roles.MESSAGES,
    "calendar": calendar.MESSAGES,
    "store": store.MESSAGES,
    "runtime": runtime.MESSAGES,
    "integrity": integrity.MESSAGES,
    "casework": casework.MESSAGES,
    "task_verbs": task_verbs.MESSAGES,
    "casework_deadlines": casework_deadlines.MESSAGES,
    "worker": worker.MESSAGES,
    "settings": settings.MESSAGES,
    "web": web.MESSAGES,
    "cli": cli.MESSAGES,
}

# Code to English template; a code belongs to one package (tests/texts holds that).
MESSAGES: dict[str, str] = {code: text for messages in SOURCES.values() for code, text in messages.items()}
