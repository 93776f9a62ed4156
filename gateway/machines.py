"""What machines ask: is it alive, can it work, what has it done."""

import asyncio
import time

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from gateway.answers import json_answer
from gateway.context import Gateway
from protocol.task_queues import TASK_QUEUE

ANSWER_WITHIN = 3.0


class Machines:
    """`/healthz`, `/readyz` and `/metrics`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """All of the machines' routes."""
        return [
            Route("/healthz", self.healthz, methods=["GET"]),
            Route("/readyz", self.readyz, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    async def healthz(self, _request: Request) -> Response:
        """200 while the process lives."""
        return json_answer({"status": "ok"})

    async def readyz(self, _request: Request) -> Response:
        """200 when a conversation would be answered: Temporal is there, and a worker for conversations."""
        temporal = self._gateway.temporal
        waiting_for = None if temporal is None else await _missing(temporal)
        if waiting_for is None:
            return json_answer({"status": "ready"})
        return json_answer({"status": "waiting", "for": waiting_for}, 503, {"Retry-After": "1"})

    async def metrics(self, _request: Request) -> Response:
        """Counters since the start, in Prometheus' text format."""
        gauges = {
            "baton_open_sockets": self._gateway.streams.open_sockets,
            "baton_uptime_seconds": time.time() - self._gateway.started,
        }
        return PlainTextResponse(self._gateway.metrics.text(gauges), media_type="text/plain; version=0.0.4")


async def _missing(temporal: Client) -> str | None:
    """What a conversation would wait for now."""
    request = DescribeTaskQueueRequest(
        namespace=temporal.namespace,
        task_queue=TaskQueue(name=TASK_QUEUE),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            found = await temporal.workflow_service.describe_task_queue(request)
    except (RPCError, TimeoutError):
        return "temporal"
    return None if found.pollers else "worker"
