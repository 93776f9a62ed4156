"""A worker that has lost track of a conversation ends, and is started afresh.

When Temporal is killed between writing a finished workflow task down and saying so, the worker reports the task once
more, and the restarted server answers `BadUpdateWorkflowExecutionMessage`: it has that update already. The SDK's core
then keeps the run as unfinished for ever and answers nothing for it, queries included (seen with core of temporalio
1.35 against server 1.32). Everything is in the history, so the remedy is a new process, which reads it there.
"""

import logging
import os

import structlog
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

SIGN = "BadUpdateWorkflowExecutionMessage"
STARTS_AFRESH = 75
"""The exit status (EX_TEMPFAIL) that asks whoever keeps the worker alive to start it again."""

log = structlog.get_logger()


class _Watch(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Pass on what the core says; end where it says that it has lost track."""
        said = f"{record.getMessage()} {getattr(record, 'temporal_log', '')}"
        if SIGN in said:
            log.error("lost track of a conversation; this worker ends, to be started afresh")
            # Not by an orderly shutdown: that would wait for the very task that never ends.
            os._exit(STARTS_AFRESH)


def watched_runtime() -> Runtime:
    """A runtime whose core's warnings are watched for the sign."""
    logger = logging.getLogger("temporalio.core")
    logger.setLevel(logging.WARNING)
    logger.addHandler(_Watch())
    forwarding = LogForwardingConfig(logger=logger)
    level = TelemetryFilter(core_level="WARN", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=level, forwarding=forwarding)))
