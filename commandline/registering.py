"""`baton environments` and `register-app`: what is asked of Microsoft before an agent is connected."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from activities.app_registration import Registered, SecretFile, adopt
from activities.app_registration import register as register_at_graph
from activities.environments import configured_for, environment_rows
from commandline.failures import CommandError
from commandline.options import Config, DataDir, Json, print_json, settings_of
from commandline.tables import print_table
from microsoft.errors import RefusedError, UnavailableError
from microsoft.tenant import Tenant
from protocol.connection import Registration
from protocol.connection_steps import EnvironmentRow
from settings.model import Settings
from settings.secrets import resolve

TRIED_FOR = 120.0
"""Seconds. What was just made at Microsoft takes its time to arrive everywhere."""
AGAIN_AFTER = 2.0
Result = TypeVar("Result")


class AccountTypes(StrEnum):
    """Who may sign in, in the words of the wizard."""

    SINGLE_TENANT = "single-tenant"
    MULTITENANT = "multitenant"
    WITH_PERSONAL = "multitenant-and-personal"
    PERSONAL = "personal"


AUDIENCE = {
    AccountTypes.SINGLE_TENANT: "AzureADMyOrg",
    AccountTypes.MULTITENANT: "AzureADMultipleOrgs",
    AccountTypes.WITH_PERSONAL: "AzureADandPersonalMicrosoftAccount",
    AccountTypes.PERSONAL: "PersonalMicrosoftAccount",
}
Agent = Annotated[str, typer.Argument(help="The agent that it is for; every agent has one of its own.")]
Of = Annotated[str, typer.Option("--agent", help="Marks this agent's own environment.")]
Name = Annotated[str, typer.Option("--name", help="What the registration is called; default: the agent's name.")]
Types = Annotated[AccountTypes, typer.Option("--account-types", help="Supported account types.")]
Uri = Annotated[str, typer.Option("--redirect-uri", help="A redirect URI, where one is wanted.")]
Existing = Annotated[str, typer.Option("--existing", help="The id of a registration that is there: nothing is made.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(environments)
    app.command("register-app")(register_app)


def environments(of: Of = "", config: Config = None, data_dir: DataDir = None, *, json: Json = False) -> None:
    """List all environments of the tenant: which has Customer Service, which has not, which can't be told, and why."""
    settings = settings_of(config, data_dir)
    own = configured_for(settings, of).environment if of else ""
    rows = _asked(settings, lambda tenant: environment_rows(tenant, own))
    if json:
        print_json([{**row.model_dump(), "can_be_chosen": row.can_be_chosen} for row in rows])
        return
    headers = ("environment", "id", "kind", "region", "customer service", "why")
    shown = [(_named(row), row.id, row.kind, row.region, row.customer_service, row.reason) for row in rows]
    print_table(headers, shown, whole="id")


def register_app(  # noqa: PLR0913 - the wizard's questions
    agent: Agent,
    name: Name = "",
    account_types: Types = AccountTypes.SINGLE_TENANT,
    redirect_uri: Uri = "",
    existing: Existing = "",
    config: Config = None,
    data_dir: DataDir = None,
    *,
    json: Json = False,
) -> None:
    """Register an application for an agent at Microsoft Entra ID; its secret goes into a file. Safe to repeat."""
    settings = settings_of(config, data_dir)
    if existing:
        registered = _asked(settings, lambda tenant: _adopted(tenant, existing))
    else:
        wanted = Registration(name=name or agent, account_types=AUDIENCE[account_types], redirect_uri=redirect_uri)
        file = SecretFile(settings.data_dir, agent)
        registered = _asked(settings, lambda tenant: register_at_graph(tenant.graph, agent, wanted, file))
    if json:
        print_json(registered)
        return
    typer.echo(f'application {registered.application} ("{registered.name}")')
    if registered.secret_file:
        typer.echo(f"its secret is in {registered.secret_file}")
    typer.echo(f"Next: baton connect {agent}{f' --app {registered.application}' if existing else ''}")


async def _adopted(tenant: Tenant, existing: str) -> Registered:
    found = await adopt(tenant.graph, existing)
    await tenant.graph.ensure_service_principal(found.app_id)
    return Registered(application=found.app_id, name=found.display_name)


def _named(row: EnvironmentRow) -> str:
    return f"{row.name} (the agent's own)" if row.own else row.name


def _asked(settings: Settings, ask: Callable[[Tenant], Awaitable[Result]]) -> Result:
    """Ask the tenant, and again for a while where it may work later.

    Raises:
        CommandError: it refuses, or does not answer in time.
    """
    if settings.microsoft is None:
        raise CommandError("baton.toml has no [microsoft]: say the tenant, and as whom Baton works there")
    configured = settings.microsoft

    async def run() -> Result:
        tenant = Tenant(configured, resolve)
        try:
            return await _patiently(lambda: ask(tenant))
        except (RefusedError, UnavailableError) as error:
            raise CommandError(str(error)) from None
        finally:
            await tenant.close()

    return asyncio.run(run())


async def _patiently(ask: Callable[[], Awaitable[Result]]) -> Result:
    until, told = asyncio.get_running_loop().time() + TRIED_FOR, ""
    while True:
        try:
            return await ask()
        except UnavailableError as error:
            wait = error.retry_after or AGAIN_AFTER
            if asyncio.get_running_loop().time() + wait > until:
                raise
            if str(error) != told:
                told = str(error)
                typer.echo(f"… {told} Tried again for {TRIED_FOR / 60:.0f} minutes; Ctrl-C to stop.", err=True)
            await asyncio.sleep(wait)
