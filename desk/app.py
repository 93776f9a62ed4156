"""The desk as a web application: the contract, the representatives' API, and their page."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from desk import api, contract, doors, problems
from desk.callbacks import Callbacks
from desk.desk import Desk
from desk.store import Store
from handoff.hours import OpeningHours
from settings.login import LoginTokens


@dataclass(frozen=True)
class DeskConfig:
    """What a desk is made of; secrets are values here."""

    database: Path
    token: str
    webhook_secret: str
    signing_key: str
    queues: Mapping[str, OpeningHours] = field(default_factory=lambda: {"general": OpeningHours()})
    page: bool = True


def create_app(config: DeskConfig) -> FastAPI:
    """The desk over its SQLite file; its outbox runs for as long as the application does."""
    desk = Desk(Store(config.database), config.queues)
    callbacks = Callbacks(desk, config.webhook_secret)
    door = LoginTokens(config.signing_key, doors.AUDIENCE)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        delivering = asyncio.create_task(callbacks.run())
        yield
        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering
        desk.store.close()

    app = FastAPI(title="Baton desk", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    problems.install(app)
    app.include_router(contract.router(desk, config.token))
    app.include_router(api.router(desk, door, config.token))
    app.include_router(doors.router(door))

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    app.state.desk = desk
    if config.page:
        # NiceGUI is imported only where there is a page: it takes a second.
        from desk.page import mount  # noqa: PLC0415

        mount(app, desk, door, config.signing_key)
    return app
