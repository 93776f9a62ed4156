"""What a gateway is made of."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

from starlette.datastructures import URL, Headers
from temporalio.client import Client
from temporalio.converter import PayloadCodec

from activities.model_recognition import ModelRecognition
from gateway.log import ConversationLog, Pages
from gateway.metrics import Metrics
from gateway.recognition import Recogniser, Versions
from gateway.streams import Streams
from gateway.tokens import Door, Tokens
from gateway.uploads import Uploads
from hubs.base import Hub
from settings.cipher import Cipher
from settings.model import Settings
from settings.secrets import resolve
from workflows.client import Conversations

OPERATOR_COOKIE = "baton_operator"


class OperatorLogin(Protocol):
    """Turns an operator's one-time link into a cookie."""

    def redeem(self, token: str) -> str | None:
        """The cookie for a valid, unused token; None for any other."""

    def valid(self, cookie: str) -> bool:
        """Whether a cookie came from here and has not expired."""


@dataclass(kw_only=True)
class Gateway:
    """Everything that the gateway's routes share. Nothing in it is durable: another gateway can take over any time."""

    settings: Settings
    conversations: Conversations
    versions: Versions
    pages: Pages
    hubs: Mapping[str, Hub]
    secrets: Mapping[str, str]
    """The agents' Direct Line secrets, by agent."""
    signing_key: bytes
    cipher: Cipher
    login: OperatorLogin
    codec: PayloadCodec
    temporal: Client | None = None
    """Without it no nudges are taken."""
    queue: str = field(default_factory=lambda: f"baton-gateway-{uuid4().hex}")
    """This gateway's own task queue, where conversations nudge it."""

    def __post_init__(self) -> None:
        """Make what follows from the parts."""
        self.tokens = Tokens(self.signing_key, self.settings.gateway.token_seconds)
        self.door = Door(self.secrets, self.tokens)
        self.log = ConversationLog(self.conversations, self.pages)
        self.streams = Streams(self.conversations, self.log, self.queue)
        self.model = ModelRecognition(self.settings, resolve)
        self.recogniser = Recogniser(self.versions, self.model)
        self.uploads = Uploads(self.settings.data_dir / "uploads", self.cipher)
        self.metrics = Metrics()
        self.started = time.time()

    def address(self, url: URL) -> str:
        """The address under which a client reaches this gateway: the configured one, else the one that it used."""
        return self.settings.gateway.public_url or f"{url.scheme.replace('ws', 'http')}://{url.netloc}"


def operator(gateway: Gateway, cookies: Mapping[str, str], headers: Headers) -> bool:
    """Whether an operator asks: by the login's cookie, or with it as a bearer token (Temporal's CLI has no cookies)."""
    bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
    return any(gateway.login.valid(each) for each in (cookies.get(OPERATOR_COOKIE, ""), bearer) if each)
