"""One turn is one trace, from the gateway through the workflow, at a collector of OpenTelemetry."""

from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.served import Served
from tests.support.installation import installation
from tests.support.persistent import PersistentCustomer
from tests.support.waiting import eventually


async def test_a_turn_is_one_trace_over_the_processes(tmp_path: Path) -> None:
    """The gateway's update and the handler in the worker share a trace; nothing that was said is in it."""
    received: list[ExportTraceServiceRequest] = []

    async def collect(request: Request) -> Response:
        received.append(ExportTraceServiceRequest.FromString(await request.body()))
        return Response(status_code=200)

    def spans_of(service: str) -> dict[str, bytes]:
        return {
            span.name: span.trace_id
            for export in received
            for resource in export.resource_spans
            if any(attribute.value.string_value == service for attribute in resource.resource.attributes)
            for scope in resource.scope_spans
            for span in scope.spans
        }

    collector = Starlette(routes=[Route("/v1/traces", collect, methods=["POST"])])
    async with (
        Served(collector) as url,
        installation(tmp_path, f'[tracing]\nendpoint = "{url}/v1/traces"\n') as running,
    ):
        customer = await PersistentCustomer(running).begin()
        await customer.say("a secret of mine")
        update, handler = "StartWorkflowUpdate:post_activity", "HandleUpdate:post_activity"
        await eventually(lambda: update in spans_of("baton-gateway") and handler in spans_of("baton-worker"))
        assert spans_of("baton-gateway")[update] == spans_of("baton-worker")[handler]
        assert not any(b"secret of mine" in export.SerializeToString() for export in received)
        await customer.close()
