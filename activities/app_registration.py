"""An agent's app registration: made, or found, and known in the tenant.

A client secret goes from Graph's answer into a file, within one call of one process: it is in no result, and so in no
history. Making it again after a crash leaves one secret, because the crash's is known by its marker, and removed.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio import activity

from activities.environments import configured_for
from activities.microsoft_access import TenantAccess, at_work
from microsoft.errors import MissingError, NotYetError, RefusedError
from microsoft.graph import Application, Graph, SignInAudience
from protocol.connection import Registration, Target
from protocol.connection_steps import Found, Wanted
from protocol.models import Owned
from settings.model import Settings


class Registered(Owned):
    """An app registration, and where its secret was written; empty where none was made."""

    application: str
    name: str
    secret_file: str = ""


class SecretFile:
    """Where the secret of an agent's registration is kept: a file that only we may read, beside the keys."""

    def __init__(self, data_dir: Path, agent: str) -> None:
        self.path = data_dir.absolute() / "keys" / "applications" / f"{agent}.secret"

    @property
    def written(self) -> bool:
        """Whether there is one."""
        return self.path.exists()

    def marker(self) -> str:
        """What this installation's secrets are called at Graph; made once, before the first of them."""
        path = self.path.with_suffix(".marker")
        if not path.exists():
            _write(path, f"Baton {uuid4()}")
        return path.read_text(encoding="utf-8")

    def write(self, secret: str) -> None:
        """Keep it, durably."""
        _write(self.path, secret)


async def register(graph: Graph, agent: str, wanted: Registration, file: SecretFile) -> Registered:
    """The registration of this agent, its service principal and one secret, however often it is asked for.

    Raises:
        MicrosoftError: Graph refuses, or does not answer.
    """
    audience = SignInAudience(wanted.account_types)
    uris = (wanted.redirect_uri,) if wanted.redirect_uri else ()
    made = await graph.ensure_application(unique_name(agent), wanted.name, audience, uris)
    await graph.ensure_service_principal(made.app_id)
    if not file.written:
        password = await graph.add_password(made, file.marker())
        file.write(password.secret.get_secret_value())
    return Registered(application=made.app_id, name=made.display_name, secret_file=str(file.path))


async def adopt(graph: Graph, application_id: str) -> Application:
    """A registration that is there already, known in this tenant.

    Raises:
        NotYetError: Graph does not know it, perhaps because it is new.
    """
    found = await graph.application(application_id)
    if found is None:
        raise NotYetError(
            f"Microsoft Graph knows no application {application_id}: is the id right, and of this tenant?"
        )
    return found


def unique_name(agent: str) -> str:
    """The key under which an agent's registration is made, so that there is one."""
    return f"baton-{agent}"


class Registering:
    """The Temporal activities about app registrations."""

    def __init__(self, settings: Settings, access: TenantAccess) -> None:
        self._settings, self._access = settings, access

    def all(self) -> list[Callable[..., Any]]:
        """What a worker runs."""
        return [self.find_application, self.ensure_service_principal]

    @activity.defn
    async def find_application(self, wanted: Wanted) -> Found:
        """The registration that was asked for, is configured, was used before, or was made for this agent."""
        target = wanted.target
        async with at_work():
            graph = self._access.open().graph
            if wanted.wish.register_new:
                file = SecretFile(self._settings.data_dir, target.agent)
                made = await register(graph, target.agent, wanted.wish.register_new, file)
                return _found(target, made.application, f"{made.application}; its secret is in {made.secret_file}")
            configured = configured_for(self._settings, target.agent).application
            if known := wanted.wish.application or configured or target.application:
                return _found(target, (await adopt(graph, known)).app_id, known)
            ours = await graph.named_application(unique_name(target.agent))
            if ours is None:
                how = f"baton register-app {target.agent}, or give one with --app ID"
                raise RefusedError(f'agent "{target.agent}" has no app registration: {how}')
            return _found(target, ours.app_id, ours.app_id)

    @activity.defn
    async def ensure_service_principal(self, target: Target) -> Found:
        """The application in this tenant, which Dataverse asks for."""
        async with at_work():
            try:
                await self._access.open().graph.ensure_service_principal(target.application)
            except MissingError as error:
                raise NotYetError(str(error)) from None
        return Found(target=target)


def _found(target: Target, application: str, detail: str) -> Found:
    return Found(target=target.model_copy(update={"application": application.casefold()}), detail=detail)


def _write(path: Path, content: str) -> None:
    """All or nothing, for our eyes only, and there after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
