"""``GET /metrics``: what Prometheus reads. In: outcomes of requests, and the pool's tally. Out: its text format.

Each application has a registry of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backlight.api.watch import Outcome
from backlight.sandbox.pool import Pool

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""Stands for methods and paths that the server does not know: strangers choose them, and there is no end of them."""
BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)


class Metrics:
    """The figures of one application; `count` is a listener of `Watch`."""

    def __init__(self, pool: Pool) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "backlight_requests", "Requests.", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "backlight_request_seconds",
            "Time from a request's head to the end of its answer.",
            ["route"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._registry.register(PoolFigures(pool))
        ProcessCollector(registry=self._registry)

    def count(self, outcome: Outcome) -> None:
        """Take a request into account."""
        route = outcome.route or OTHER
        method = outcome.method if outcome.method in METHODS else OTHER
        self._requests.labels(method, route, str(outcome.status)).inc()
        self._seconds.labels(route).observe(outcome.seconds)

    def text(self) -> bytes:
        """All figures as they are now."""
        return generate_latest(self._registry)


class PoolFigures(Collector):
    """What the pool counts, read when it is asked for."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def collect(self) -> Iterator[Metric]:
        """A family for each figure."""
        pool, tally = self._pool, self._pool.tally
        yield GaugeMetricFamily("backlight_queue_length", "Requests that wait for a worker.", pool.waiting)
        yield GaugeMetricFamily("backlight_idle_workers", "Sandboxed processes that are ready.", pool.idle)
        yield GaugeMetricFamily("backlight_kept_workers", "Processes that wait for more of a series.", pool.kept)
        yield CounterMetricFamily("backlight_workers_started", "Sandboxed processes that were started.", tally.started)
        ended = CounterMetricFamily("backlight_workers_ended", "Sandboxed processes that ended.", labels=["reason"])
        for reason, count in tally.ended.items():
            ended.add_metric([reason], count)
        yield ended
        zygotes = pool.succession
        yield GaugeMetricFamily("backlight_standby_zygotes", "Zygotes that stand by.", zygotes.standing_by)
        yield CounterMetricFamily("backlight_zygote_restarts", "Zygotes that took another's place.", zygotes.restarts)
