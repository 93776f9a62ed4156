"""Traces of each turn, for whoever collects OpenTelemetry: from the gateway's update to the hub's HTTP call.

Spans hold ids of conversations and names of Temporal activities, never what somebody said.
"""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin, create_tracer_provider
from temporalio.plugin import SimplePlugin

from settings.model import TracingSettings

SENT_EVERY = 1_000
"""Milliseconds between two batches of spans."""


def tracing(settings: TracingSettings, process: str) -> list[SimplePlugin]:
    """What a client of Temporal is given to trace with: nothing where no collector is configured.

    The provider is the process' own, since the SDK's interceptors look for it there; a second call changes nothing.
    """
    if not settings.endpoint:
        return []
    # The SDK's own provider stays silent while a workflow is replayed, and gives the same ids each time.
    provider = create_tracer_provider(resource=Resource.create({"service.name": f"baton-{process}"}))
    exporter = OTLPSpanExporter(endpoint=settings.endpoint)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=SENT_EVERY))
    trace.set_tracer_provider(provider)
    return [OpenTelemetryPlugin(add_temporal_spans=True)]
