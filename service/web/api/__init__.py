"""Camunda-compatible REST, one blueprint module a resource."""

from __future__ import annotations

from flask import Blueprint

from service.web.api import deployment, process_instance, topology

RESOURCES: tuple[Blueprint, ...] = (
    topology.blueprint,
    deployment.blueprint,
    process_instance.blueprint,
)
