"""Logs: structlog, one JSON object a line, for every process of Baton.

Nothing personal goes into a log: ids, phases and names of connections, never what somebody said.
"""

import logging
import sys

import structlog
from temporalio import workflow


def _not_on_replay(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A workflow that is replayed would say everything again."""
    if workflow.in_workflow() and workflow.unsafe.is_replaying_history_events():
        raise structlog.DropEvent
    return event


def configure_logs(process: str, level: int = logging.INFO) -> None:
    """Let this process log as `process`, its libraries' warnings included."""
    structlog.contextvars.bind_contextvars(process=process)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[_not_on_replay, *shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
