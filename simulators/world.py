"""The world outside as an agent's topics meet it: a web service with faults, flows, and an OpenAI-compatible endpoint.

The endpoint keeps the contract of platform.openai.com/docs/api-reference/chat: a request that OpenAI would refuse is
refused as OpenAI does it.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from simulators.faults import Endpoint, Faults

ORDERS = {"4711": {"id": "4711", "state": "shipped", "items": ["a lamp", "a bulb"]}}
_ROLES = frozenset(["system", "developer", "user", "assistant"])


@dataclass
class WorldSimulator:
    """A web service at `/orders`, flows at `/flows/NAME`, and a model at `/v1`."""

    key: str = "a model's key"
    model: str = "small"
    faults: Faults = field(default_factory=Faults)
    requests: list[dict[str, Any]] = field(default_factory=list)
    """Every request that was carried out: method, path, headers, body."""
    answers: list[str] = field(default_factory=list)
    """What the model says, in turn; then it repeats the last thing that the user said."""
    outputs: dict[str, Any] = field(default_factory=dict)
    """What each flow gives back, by its name; the others give back what they got."""

    def app(self) -> Starlette:
        """The service as an ASGI app."""
        return Starlette(
            routes=[
                self._route("/orders/{number}", "order", self._order, "GET"),
                self._route("/orders", "orders", self._new_order, "POST"),
                self._route("/elsewhere", "elsewhere", self._elsewhere, "GET"),
                self._route("/large", "large", self._large, "GET"),
                self._route("/flows/{name}", "flow", self._flow, "POST"),
                self._route("/v1/chat/completions", "model", self._complete, "POST"),
            ]
        )

    def _route(self, path: str, operation: str, endpoint: Endpoint, method: str) -> Route:
        return Route(path, self.faults.around(operation, endpoint), methods=[method])

    async def _order(self, request: Request) -> Response:
        await self._note(request)
        order = ORDERS.get(request.path_params["number"])
        if order is None:
            return JSONResponse({"error": "there is no such order"}, 404)
        return JSONResponse(order, headers={"X-Served-By": "simulator"})

    async def _new_order(self, request: Request) -> Response:
        body = await self._note(request)
        if not isinstance(body, dict) or "item" not in body:
            return JSONResponse({"error": "an order has an item"}, 422)
        return JSONResponse({"id": "4712", **body}, 201)

    async def _elsewhere(self, request: Request) -> Response:
        return RedirectResponse(request.query_params["to"], 302)

    async def _large(self, request: Request) -> Response:
        return Response(b"x" * int(request.query_params["bytes"]))

    async def _flow(self, request: Request) -> Response:
        body = await self._note(request)
        if not isinstance(body, dict):
            return JSONResponse({"error": {"code": "TriggerInputSchemaMismatch"}}, 400)
        return JSONResponse(self.outputs.get(request.path_params["name"], body))

    async def _complete(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return _refused(401, "Incorrect API key provided", "invalid_api_key")
        body = await self._note(request)
        wrong = _wrong_with(body, self.model)
        if wrong:
            return _refused(404 if "does not exist" in wrong else 400, wrong)
        text = self.answers.pop(0) if self.answers else str(body["messages"][-1]["content"])
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return JSONResponse(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1_700_000_000,
                "model": self.model,
                "choices": [choice],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }
        )

    async def _note(self, request: Request) -> Any:
        raw = await request.body()
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = raw.decode("utf-8", "replace")
        headers = dict(request.headers)
        self.requests.append({"method": request.method, "path": request.url.path, "headers": headers, "body": body})
        return body


def _refused(status: int, message: str, code: str | None = None) -> Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return JSONResponse({"error": error}, status)


def _wrong_with(body: Any, model: str) -> str:
    """Why OpenAI would refuse a request; nothing where it would not."""
    if not isinstance(body, dict):
        return "We could not parse the JSON body of your request."
    if "model" not in body:
        return "you must provide a model parameter"
    if body["model"] != model:
        return f"The model `{body['model']}` does not exist"
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "Invalid 'messages': empty array."
    for message in messages:
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            return "Invalid value for 'role'"
        if not isinstance(message.get("content"), str):
            return "Invalid type for 'content'"
    unknown = set(body) - {"model", "messages", "temperature", "max_tokens"}
    return f"Unrecognized request argument supplied: {min(unknown)}" if unknown else ""
