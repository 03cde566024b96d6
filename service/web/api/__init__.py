"""Camunda-compatible REST, one blueprint module a resource."""

from __future__ import annotations

from flask import Blueprint

from service.web.api import deployment, topology

RESOURCES: tuple[Blueprint, ...] = (
    topology.blueprint,
    deployment.blueprint,
)
