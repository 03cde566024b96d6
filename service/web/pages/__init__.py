"""The pages, one blueprint module a group; templates stand beside in `templates/`."""

from __future__ import annotations

from flask import Blueprint

from service.web.pages import (
    about,
    applications,
    archives,
    calendar,
    cases,
    connect,
    deadlines,
    decisions,
    deployments,
    docs,
    documents,
    files,
    health,
    home,
    incidents,
    measure,
    notices,
    parameters,
    people,
    rectification,
    signing_in,
    task_verbs,
    tasks,
)

PAGES: tuple[Blueprint, ...] = (
    signing_in.blueprint,
    about.blueprint,
    docs.blueprint,
    health.blueprint,
    home.blueprint,
    tasks.blueprint,
    files.blueprint,
    task_verbs.blueprint,
    applications.blueprint,
    cases.blueprint,
    deadlines.blueprint,
    documents.blueprint,
    archives.blueprint,
    rectification.blueprint,
    decisions.blueprint,
    measure.blueprint,
    deployments.blueprint,
    connect.blueprint,
    connect.links,
    calendar.blueprint,
    parameters.blueprint,
    incidents.blueprint,
    notices.blueprint,
    people.blueprint,
)
