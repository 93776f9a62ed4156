"""The WebSocket on which a client hears of everything in its conversation."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.answers import RequestError
from gateway.context import Gateway
from gateway.streams import SlowSocketError, Socket
from gateway.tokens import trusted
from gateway.watermark import watermark_of
from workflows.client import ConversationError, ConversationUnknownError

EXPIRED = 4401
FORBIDDEN = 4403
NOT_FOUND = 4404
BAD = 4400
TRY_AGAIN = 1013
SEND_WITHIN = 15.0
"""Seconds in which a client must take a frame, or lose its place and come again."""

Endpoint = Callable[[WebSocket], Awaitable[None]]


def stream_endpoint(gateway: Gateway) -> Endpoint:
    """The endpoint of `…/stream?watermark=&t=`; an error is told by the code with which the socket is closed."""

    async def stream(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            socket = _socket(gateway, websocket)
        except RequestError as error:
            code = EXPIRED if error.code == "TokenExpired" else FORBIDDEN if error.status == 403 else BAD
            await websocket.close(code, error.code)
            return
        code, reason = await _serve(gateway, websocket, socket)
        if code:
            await websocket.close(code, reason)

    return stream


def _socket(gateway: Gateway, websocket: WebSocket) -> Socket:
    claims = gateway.tokens.read_ticket(websocket.query_params.get("t", ""))
    trusted(claims, websocket.headers)
    conversation = websocket.path_params["conversation"]
    if claims.conversation != conversation:
        raise RequestError(403, "BadConversation", "the token is for another conversation")
    cursor = watermark_of(websocket.query_params.get("watermark"))
    return Socket(conversation, cursor, claims.user, claims.until)


async def _serve(gateway: Gateway, websocket: WebSocket, socket: Socket) -> tuple[int, str]:
    """Serve the socket until its end; with which code and reason to close it, 0 when the client has gone."""
    tasks = [
        asyncio.create_task(_send(gateway, websocket, socket)),
        asyncio.create_task(_hear(websocket)),
        asyncio.create_task(_expire(socket)),
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gateway.streams.close(socket)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return max(task.result() for task in done)


async def _send(gateway: Gateway, websocket: WebSocket, socket: Socket) -> tuple[int, str]:
    try:
        await gateway.streams.open(socket)
        async for text in gateway.streams.frames(socket):
            async with asyncio.timeout(SEND_WITHIN):
                await websocket.send_text(text)
    except ConversationUnknownError:
        return NOT_FOUND, "ConversationNotFound"
    except (SlowSocketError, TimeoutError):
        return TRY_AGAIN, "TooSlow"
    except ConversationError:
        return TRY_AGAIN, "ServiceUnavailable"
    except WebSocketDisconnect:
        return 0, ""
    return 0, ""


async def _hear(websocket: WebSocket) -> tuple[int, str]:
    """Clients send empty frames to keep the line open; nothing that they send here means anything."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass
    return 0, ""


async def _expire(socket: Socket) -> tuple[int, str]:
    await socket.expired()
    return EXPIRED, "TokenExpired"
