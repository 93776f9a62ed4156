"""Which pages of other origins may call what.

Any page may call Direct Line, whose tokens protect it; Temporal's own page may call the codec; nothing else is open.
"""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.answers import DIRECT_LINE


class Origins:
    """Puts the right CORS headers before each part of the gateway; everything else has none."""

    def __init__(self, app: ASGIApp, temporal_pages: tuple[str, ...]) -> None:
        self._app = app
        self._anybody = CORSMiddleware(
            app, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"], expose_headers=["Retry-After"]
        )
        self._temporal = CORSMiddleware(
            app, allow_origins=temporal_pages, allow_methods=["POST"], allow_headers=["*"], allow_credentials=True
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        path = scope.get("path", "")
        if path.startswith(DIRECT_LINE):
            await self._anybody(scope, receive, send)
        elif path.startswith("/codec/"):
            await self._temporal(scope, receive, send)
        else:
            await self._app(scope, receive, send)
