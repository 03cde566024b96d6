"""How long requests take and how they end, in this process, and the figures of the site in a monitor's words."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.runtime.monitoring import Figures
from service.settings import is_loopback
from service.web.site import site

EXTENSION = "rongcuo_measuring"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def register(app: Flask) -> None:
    """Measure every request of an application."""
    registry = CollectorRegistry()
    seconds = Histogram(
        "rongcuo_request_seconds",
        "Time to answer a request, by endpoint, method and class of status.",
        ("endpoint", "method", "status"),
        registry=registry,
        buckets=BUCKETS,
    )
    app.extensions[EXTENSION] = registry

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if "began" in g:
            # The endpoint, not the address, which has keys in it; a method that nobody knows is not a name to keep.
            method = request.method if request.method in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"} else "other"
            labels = (request.endpoint or "none", method, f"{response.status_code // 100}xx")
            seconds.labels(*labels).observe(time.perf_counter() - g.began)
        return response


def may_read() -> bool:
    """Whether the caller is on this machine, no proxy between, or shows the token of the settings."""
    token = site().settings.metrics_token
    shown = request.authorization
    if token is not None and shown is not None and shown.type == "bearer" and shown.token is not None:
        return hmac.compare_digest(shown.token.encode(), token.encode())
    return is_loopback(request.remote_addr or "") and "X-Forwarded-For" not in request.headers


def exposition(figures: Figures) -> Response:
    """Return everything measured as Prometheus reads it."""
    registry = CollectorRegistry()
    registry.register(_Site(figures))
    measured: CollectorRegistry = current_app.extensions[EXTENSION]
    return Response(generate_latest(registry) + generate_latest(measured), content_type=CONTENT_TYPE_LATEST)


class _Site(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        found = self._figures
        yield GaugeMetricFamily("rongcuo_tasks_open", "User tasks that are open.", found.open_tasks)
        yield GaugeMetricFamily("rongcuo_tasks_overdue", "Open user tasks past their due moment.", found.overdue_tasks)
        jobs = GaugeMetricFamily("rongcuo_jobs", "Jobs by kind and state.", labels=("kind", "state"))
        for labels, count in sorted(found.jobs.items()):
            jobs.add_metric(labels, count)
        yield jobs
        yield GaugeMetricFamily(
            "rongcuo_job_lateness_seconds", "How late the job is that should run first.", found.job_lateness_seconds
        )
        yield GaugeMetricFamily("rongcuo_incidents_open", "Stops that need a person.", found.open_incidents)
        yield GaugeMetricFamily("rongcuo_instances_running", "Root instances that run.", found.running_instances)
        yield CounterMetricFamily("rongcuo_cache_hits", "Instances found in this process's memory.", found.cache_hits)
        yield CounterMetricFamily("rongcuo_cache_misses", "Instances read from the database.", found.cache_misses)
        yield GaugeMetricFamily("rongcuo_cache_instances", "Instances in memory.", found.cached_instances)
