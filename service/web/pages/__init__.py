"""The pages, one blueprint module a group; templates stand beside in `templates/`."""

from __future__ import annotations

from flask import Blueprint

from service.web.pages import about, decisions, deployments, health, home, incidents, signing_in, tasks

PAGES: tuple[Blueprint, ...] = (
    signing_in.blueprint,
    about.blueprint,
    health.blueprint,
    home.blueprint,
    tasks.blueprint,
    decisions.blueprint,
    deployments.blueprint,
    incidents.blueprint,
)
