"""Azure Bot Service's channels, as Azure Resource Manager serves them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.entra import EntraSimulator
from simulators.faults import Endpoint, Faults
from simulators.lag import Lag

VERSIONS = {"2022-09-15"}
BOTS = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.BotService/botServices/{bot}"


class BotServiceSimulator:
    """The Azure Bots of one resource group."""

    subscription = "7b0c2a52-0000-4000-8000-0000000000e1"
    group = "baton"

    def __init__(self, faults: Faults, entra: EntraSimulator) -> None:
        self.url = ""
        """Its address, which is also its resource; whoever serves it sets this."""
        self.bots: dict[str, dict[str, dict[str, Any]]] = {}
        """By bot and channel."""
        self.contributors = {entra.client_id}
        self.lag = Lag()
        """Of provisioning: so many reads say that a channel is still being made."""
        self._faults, self._entra = faults, entra

    def routes(self) -> list[Route]:
        """The channels of a bot."""
        channel = f"{BOTS}/channels/{{channel}}"
        endpoints: list[tuple[str, str, Endpoint]] = [
            ("GET", "channel", self._read),
            ("PUT", "put_channel", self._put),
            ("DELETE", "delete_channel", self._delete),
        ]
        return [
            Route(channel, self._checked(self._faults.around(name, do)), methods=[method])
            for method, name, do in endpoints
        ]

    def _checked(self, endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            client = self._entra.client_of(request.headers.get("authorization"), self.url)
            if client is None:
                return _error(401, "InvalidAuthenticationTokenAudience")
            if client not in self.contributors:
                return _error(403, "AuthorizationFailed")
            if request.query_params.get("api-version") not in VERSIONS:
                return _error(400, "MissingApiVersionParameter")
            where = request.path_params
            if (where["subscription"], where["group"]) != (self.subscription, self.group):
                return _error(404, "ResourceGroupNotFound")
            if where["bot"] not in self.bots:
                return _error(404, "ResourceNotFound")
            return await endpoint(request)

        return checked

    async def _read(self, request: Request) -> Response:
        bot, channel = request.path_params["bot"], request.path_params["channel"]
        found = self.bots[bot].get(channel)
        if found is None:
            return _error(404, "ResourceNotFound")
        return JSONResponse(self._shown(bot, channel, made=self.lag.shows(f"{bot}/{channel}")))

    async def _put(self, request: Request) -> Response:
        bot, channel = request.path_params["bot"], request.path_params["channel"]
        told = (await request.json()).get("properties") or {}
        inner = told.get("properties")
        if told.get("channelName") != channel or (channel == "MsTeamsChannel" and "isEnabled" not in (inner or {})):
            return _error(400, "InvalidChannelData")
        new = channel not in self.bots[bot]
        self.bots[bot][channel] = told
        self.lag.wrote(f"{bot}/{channel}")
        return JSONResponse(self._shown(bot, channel, made=not self.lag.reads), 201 if new else 200)

    async def _delete(self, request: Request) -> Response:
        gone = self.bots[request.path_params["bot"]].pop(request.path_params["channel"], None)
        return Response(status_code=204 if gone is None else 200)

    def _shown(self, bot: str, channel: str, *, made: bool) -> dict[str, Any]:
        told = {**self.bots[bot][channel], "provisioningState": "Succeeded" if made else "Creating"}
        kind = "Microsoft.BotService/botServices/channels"
        return {"name": f"{bot}/{channel}", "type": kind, "location": "global", "properties": told}


def _error(status: int, code: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": "on the simulator's part"}}, status)
