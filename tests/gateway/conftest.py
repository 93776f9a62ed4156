"""A gateway over conversations in memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gateway.context import Gateway
from tests.gateway.fake_conversations import FakeConversations
from tests.gateway.serving import Customer, make_gateway, serving
from tests.support.patient import patient_client


@pytest.fixture
def conversations() -> FakeConversations:
    """Conversations in memory."""
    return FakeConversations()


@pytest.fixture
def gateway(conversations: FakeConversations, tmp_path: Path) -> Gateway:
    """A gateway over them."""
    return make_gateway(conversations, tmp_path, max_upload_bytes=100_000)


@pytest.fixture
async def http(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """A client of that gateway, over a real socket."""
    async with serving(gateway) as address, patient_client(address) as client:
        yield client


@pytest.fixture
async def customer(http: httpx.AsyncClient) -> Customer:
    """A customer who has begun a conversation."""
    return await Customer(http).begin()
