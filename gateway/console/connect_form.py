"""The guided way to connect an agent: which environment, which app registration."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

from nicegui import ui

from activities.environments import configured_for, environment_rows
from gateway.context import Gateway
from microsoft.errors import MicrosoftError
from microsoft.tenant import Tenant
from protocol.connection import Connect, Registration, Target
from protocol.connection_steps import EnvironmentRow
from settings.secrets import SecretError, resolve

LOOKS_EVERY = 0.3
"""Seconds between two looks whether somebody sees the form."""
NEW, EXISTING, KNOWN = "new", "existing", "known"
ACCOUNT_TYPES = {
    "AzureADMyOrg": "Single tenant",
    "AzureADMultipleOrgs": "Multitenant",
    "AzureADandPersonalMicrosoftAccount": "Multitenant and personal accounts",
    "PersonalMicrosoftAccount": "Personal accounts only",
}


class ConnectForm:
    """Two questions and a button. Hidden while the agent is connected, or is being."""

    def __init__(self, gateway: Gateway, agent: str, connect: Callable[[Connect], Awaitable[None]]) -> None:
        self._gateway, self._agent, self._connect = gateway, agent, connect
        self._environment, self._before = "", Target(agent=agent)
        self._rows: list[EnvironmentRow] = []
        self._card = ui.element("section").classes("card").props('aria-label="Connect"')
        self._wanted = False
        self._waiting = ui.timer(LOOKS_EVERY, self._list_once)

    def show(self, *, wanted: bool, before: Target | None) -> None:
        """Show it, or hide it. What was connected `before` is chosen already."""
        self._before = before or Target(agent=self._agent)
        self._wanted = wanted
        self._card.set_visibility(wanted)

    async def _list_once(self) -> None:
        """Ask when somebody first sees the form: to look at each environment costs calls, and takes a while."""
        if self._wanted:
            self._waiting.cancel()
            await self._list()

    async def _list(self) -> None:
        """Ask for the environments."""
        with self._card:
            self._draw_waiting()
        configured = self._gateway.settings.microsoft
        assert configured is not None  # noqa: S101 - the page is only built with it
        own = configured_for(self._gateway.settings, self._agent).environment
        problem = ""
        try:
            tenant = Tenant(configured, resolve)
            try:
                self._rows = await environment_rows(tenant, own)
            finally:
                await tenant.close()
        except (MicrosoftError, SecretError) as error:
            problem = str(error)
        chosen = next((row.id for row in self._rows if row.id in {self._before.environment, own}), "")
        self._environment = chosen or next((row.id for row in self._rows if row.customer_service == "yes"), "")
        self._card.clear()
        with self._card:
            self._draw(problem)

    @staticmethod
    def _draw_waiting() -> None:
        ui.html("<h2>Connect</h2>", sanitize=False)
        ui.label("Looking at the tenant's environments …").classes("empty")

    def _draw(self, problem: str) -> None:
        ui.html("<h2>1 · Environment</h2>", sanitize=False)
        if problem:
            ui.label(problem).classes("fails inset")
        with ui.element("div").props('role=radiogroup aria-label="Environment"'):
            for row in self._rows:
                self._draw_row(row)
        ui.html("<h2>2 · App registration</h2>", sanitize=False)
        with ui.element("div").classes("inset fields"):
            self._registration()
        with ui.element("div").classes("row inset"):
            button = ui.element("button").classes("btn main").props("type=button")
            with button:
                ui.label("Connect")
            button.on("click", self._submit)

    def _draw_row(self, row: EnvironmentRow) -> None:
        with ui.element("label").classes("choice" + ("" if row.can_be_chosen else " off")):
            radio = ui.element("input").props(f'type=radio name=environment value="{row.id}"')
            if row.id == self._environment:
                radio.props("checked")
            if not row.can_be_chosen:
                radio.props("disabled")
            radio.on("change", lambda: self._choose(row.id))
            with ui.element("div"):
                ui.label(f"{row.name}{' (the agent’s own)' if row.own else ''}").classes("name")
                ui.label(" · ".join(each for each in (row.kind, row.region, row.reason) if each)).classes("soft")
            ui.label(f"Customer Service: {row.customer_service}").classes(
                "pill " + {"yes": "live", "no": "", "unknown": "queued"}[row.customer_service]
            )

    def _choose(self, environment: str) -> None:
        self._environment = environment

    def _registration(self) -> None:
        known = self._before.application or configured_for(self._gateway.settings, self._agent).application
        choices = {
            KNOWN: f"The agent's own: {known or 'the one that baton register-app made'}",
            NEW: "Register a new application",
        }
        choices[EXISTING] = "Use another one that is there"
        self._way = ui.radio(choices, value=KNOWN if known else NEW).props("dense")
        with ui.element("div").classes("fields").bind_visibility_from(self._way, "value", value=NEW):
            self._name = ui.input("Name", value=self._agent).props("outlined dense")
            self._types = ui.select(ACCOUNT_TYPES, value="AzureADMyOrg", label="Supported account types")
            self._types.props("outlined dense")
            self._uri = ui.input("Redirect URL (optional)").props("outlined dense")
        with ui.element("div").classes("fields").bind_visibility_from(self._way, "value", value=EXISTING):
            self._existing = ui.input("Application (client) ID").props("outlined dense")

    async def _submit(self) -> None:
        way = self._way.value
        registration = None
        if way == NEW:
            name, uri = self._name.value or self._agent, self._uri.value or ""
            registration = Registration(name=name, account_types=self._types.value, redirect_uri=uri)
        application = (self._existing.value or "").strip() if way == EXISTING else ""
        await self._connect(
            Connect(
                key=uuid4().hex,
                environment=self._environment,
                application=application,
                register_new=registration,
            )
        )
