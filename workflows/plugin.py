"""One plugin for client, worker and replayer, so that all three share converter, encryption and workflow runner.

Register it on the client only: a worker takes it from there.
"""

from dataclasses import replace
from importlib.metadata import version

from temporalio.client import Client
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.envconfig import ClientConfig
from temporalio.plugin import SimplePlugin
from temporalio.runtime import Runtime
from temporalio.worker import UnsandboxedWorkflowRunner, WorkerConfig, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from settings.cipher import Cipher, cipher_of
from settings.model import Settings
from workflows.encryption import EncryptionCodec
from workflows.payloads import OnePydanticConverter
from workflows.tracing import tracing

BUILD = f"baton-{version('baton')}"
PASSED_THROUGH = (
    # Pure or immutable packages of our own: loading them once a conversation would cost 35 ms and 1.4 MB each.
    "protocol",
    "handoff",
    "dialog",
    # Workflow modules hold no state but in the workflow object; `library` holds immutable published agents.
    "workflows",
    # Imported for the models of Temporal activities' inputs; nothing in them runs inside a workflow.
    "activities",
    "hubs",
    "settings",
    # Reads clocks only where a processor asks, and those run outside the sandbox.
    "structlog",
    "rich",
    # The loader's parser, and the cipher: imported by what stands above, never called from a workflow.
    "ruamel",
    "cryptography",
    "httpx",
    "standardwebhooks",
    "jwt",
)
"""What workflows share with their worker, with the reason for each."""


def data_converter(cipher: Cipher) -> DataConverter:
    """Pydantic's JSON, encrypted, failures' messages and stack traces included."""
    return DataConverter(
        payload_converter_class=OnePydanticConverter,
        payload_codec=EncryptionCodec(cipher),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def _sandboxed(runner: WorkflowRunner | None) -> WorkflowRunner:
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    restrictions = restrictions.with_import_notification_policy(
        SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
        | SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
    if isinstance(runner, SandboxedWorkflowRunner):
        return replace(runner, restrictions=restrictions)
    return SandboxedWorkflowRunner(restrictions=restrictions)


def _unsandboxed(runner: WorkflowRunner | None) -> WorkflowRunner:
    del runner  # the worker's default is the sandbox
    return UnsandboxedWorkflowRunner()


class BatonPlugin(SimplePlugin):
    """Everything about Temporal that client, worker and replayer must agree on.

    Tests run workflows `sandboxed`, where a call that is not deterministic fails. Workers do not: their code is what
    the tests ran, and the sandbox costs a tenth of a turn (docs/decisions/006).
    """

    def __init__(self, cipher: Cipher, *, sandboxed: bool = False) -> None:
        runner = _sandboxed if sandboxed else _unsandboxed
        super().__init__("baton", data_converter=data_converter(cipher), workflow_runner=runner)

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        """Name the worker's build by Baton's version, so that Temporal's page tells which one did a piece of work.

        The SDK would read every loaded module again to name it by a hash: half a second of each start.
        """
        config = super().configure_worker(config)
        config["build_id"] = config.get("build_id") or BUILD
        return config


async def connect(settings: Settings, process: str = "client", runtime: Runtime | None = None) -> Client:
    """A client of the configured Temporal: `TEMPORAL_ADDRESS` and its kin where set, else the embedded server.

    `process` is the name under which it traces, where tracing is configured.
    """
    profile = ClientConfig.load_client_connect_config()
    profile.setdefault("target_host", f"127.0.0.1:{settings.temporal.port}")
    profile.setdefault("namespace", settings.temporal.namespace)
    plugins = [BatonPlugin(cipher_of(settings)), *tracing(settings.tracing, process)]
    return await Client.connect(**profile, plugins=plugins, runtime=runtime)
