"""The bare engines: a workflow whose update handler does nothing, and the least of a gateway before it.

`python -m benchmarks.bare worker ADDRESS` and `… gateway ADDRESS PORT` run them as processes of their own, as Baton's
worker and gateway are. The gateway's routes have Direct Line's form, so that the same load generator speaks to both.
"""

import asyncio
import json
import sys
from uuid import uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from temporalio.client import Client
from temporalio.worker import Worker

from benchmarks.bare_workflow import TASK_QUEUE, BareConversation
from gateway.server import bound


class BareGateway:
    """One update a post, and its answer on the conversation's socket."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._sockets: dict[str, WebSocket] = {}

    def app(self) -> Starlette:
        """The three routes."""
        root = "/v3/directline/conversations"
        return Starlette(
            routes=[
                Route(root, self._start, methods=["POST"]),
                Route(root + "/{conversation}/activities", self._post, methods=["POST"]),
                WebSocketRoute(root + "/{conversation}/stream", self._stream),
            ]
        )

    async def _start(self, request: Request) -> Response:
        conversation = f"bare-{uuid4().hex}"
        await self._client.start_workflow(BareConversation.run, id=conversation, task_queue=TASK_QUEUE)
        stream = f"ws://{request.url.netloc}{request.url.path}/{conversation}/stream"
        return JSONResponse({"conversationId": conversation, "token": "", "streamUrl": stream})

    async def _post(self, request: Request) -> Response:
        conversation = request.path_params["conversation"]
        said = json.loads(await request.body())
        handle = self._client.get_workflow_handle(conversation)
        answer = await handle.execute_update(BareConversation.answer, said["text"])
        await self._sockets[conversation].send_text(_frame(answer))
        return JSONResponse({"id": "1"})

    async def _stream(self, websocket: WebSocket) -> None:
        await websocket.accept()
        conversation = websocket.path_params["conversation"]
        self._sockets[conversation] = websocket
        await websocket.send_text(_frame("Hello!"))
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            self._sockets.pop(conversation, None)


def _frame(text: str) -> str:
    return json.dumps({"activities": [{"from": {"role": "bot"}, "text": text}]}, separators=(",", ":"))


async def _work(address: str) -> None:
    client = await Client.connect(address)
    async with Worker(client, task_queue=TASK_QUEUE, workflows=[BareConversation], max_cached_workflows=10_000):
        await asyncio.Event().wait()


async def _serve(address: str, port: int) -> None:
    app = BareGateway(await Client.connect(address)).app()
    config = uvicorn.Config(
        app, http="httptools", ws="websockets-sansio", log_config=None, access_log=False, ws_per_message_deflate=False
    )
    await uvicorn.Server(config).serve(sockets=[bound("127.0.0.1", port)])


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        asyncio.run(_work(sys.argv[2]))
    else:
        asyncio.run(_serve(sys.argv[2], int(sys.argv[3])))
