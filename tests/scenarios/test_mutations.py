"""An adapter that got something wrong would be found: by its simulator, the contract, or what the hub has of it."""

import asyncio
import contextlib
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import jsonschema
import pytest

from hubs.errors import HubError, WebhookError
from hubs.handoffs import TakenHandoff
from simulators.hub import HubSimulator
from simulators.registry import SIMULATORS
from simulators.served import Served
from tests.scenarios import contract, told
from tests.scenarios.contract import Contract
from tests.scenarios.mutating import Call, Caught, Mutating
from tests.scenarios.test_contracts import BEYOND, CONTRACTS
from tests.support.echoing import told_by
from tests.support.waiting import PATIENCE

FOUND_WITHIN = 5.0
"""Seconds after which a hub that was spoken to wrongly, and says nothing, has been found out."""
ORDINARY = frozenset(
    ["host", "accept", "accept-encoding", "connection", "user-agent", "content-length", "content-type"]
)
"""Headers of any request, which prove nothing."""

pytestmark = pytest.mark.parametrize("kind", SIMULATORS)


async def test_a_field_with_another_name_is_found(kind: str) -> None:
    """In every kind of request that the adapter makes, there is a field that must be right."""
    right = await _told(kind, within=PATIENCE)
    assert right.found is None, "what is right is taken"
    assert right.requests.sent
    with_fields = [call for call, fields in right.requests.fields.items() if fields]
    unnoticed = [call for call in with_fields if not await _any_is_found(kind, call, right)]
    assert not unnoticed


async def test_credentials_that_are_missing_are_found(kind: str) -> None:
    """Without its `Authorization`, nothing is taken."""
    without = await _told(kind, drop="authorization")
    assert isinstance(without.found, HubError)


async def test_a_callback_that_is_signed_wrongly_is_refused(kind: str) -> None:
    """401 where what proves its sender is missing, or wrong; and what is right is taken."""
    hub = SIMULATORS[kind]()
    async with AsyncExitStack() as stack:
        hub.url = await stack.enter_async_context(Served(hub.app()))
        adapter = hub.adapter("support")
        stack.push_async_callback(adapter.close)
        heard = await stack.enter_async_context(told_by(hub, adapter))
        caught = Caught(heard.app)
        hub.callback = await stack.enter_async_context(Served(caught))
        asked = await told.prepared(adapter, told.handoff(2, hub.callback))
        await heard.open(asked)
        await hub.join(told.KEY, "Ada")
        await hub.say(told.KEY, "hello")
        if not caught.callbacks:
            pytest.skip("it calls nobody back")
        headers, body = caught.callbacks[-1]
        now = datetime.now(UTC)
        assert adapter.receive(headers, body, now)
    refused = set()
    for name in set(headers) - ORDINARY:
        less = {other: value for other, value in headers.items() if other != name}
        for changed in (less, {**headers, name: _another(headers[name])}):
            with contextlib.suppress(WebhookError):
                adapter.receive(changed, body, now)
                continue
            refused.add((name, changed is less))
    proofs = {name for name, _ in refused}
    assert proofs, "a header proves who calls"
    assert any((name, True) in refused and (name, False) in refused for name in proofs)


class _Outcome:
    """What came of telling a hub everything."""

    def __init__(self, requests: Mutating) -> None:
        self.requests = requests
        self.found: Exception | None = None
        self.state: tuple[object, ...] = ()


async def _any_is_found(kind: str, call: Call, right: _Outcome) -> bool:
    for name in right.requests.fields[call]:
        wrong = await _told(kind, rename=(call, name))
        if wrong.found is not None or wrong.state != right.state:
            return True
    return False


async def _told(
    kind: str, *, rename: tuple[Call, str] | None = None, drop: str = "", within: float = FOUND_WITHIN
) -> _Outcome:
    hub = SIMULATORS[kind]()
    async with AsyncExitStack() as stack:
        requests = Mutating(hub.app(), rename, drop)
        hub.url = await stack.enter_async_context(Served(requests))
        outcome = _Outcome(requests)
        adapter = hub.adapter("support")
        stack.push_async_callback(adapter.close)
        heard = await stack.enter_async_context(told_by(hub, adapter))
        try:
            async with asyncio.timeout(within):
                asked = await told.prepared(adapter, told.handoff(6))
                opened = await heard.open(asked)
                taken = TakenHandoff(id=opened.id, key=told.KEY, session=asked.session)
                await told.tell(adapter, asked, taken)
                outcome.state = _state(hub)
                await told.end(adapter, taken)
            outcome.state += (hub.is_open(told.KEY),)
            _hold_against_contract(kind, requests)
        except (HubError, TimeoutError, LookupError, AssertionError, jsonschema.ValidationError) as error:
            outcome.found = error
    return outcome


def _state(hub: HubSimulator) -> tuple[object, ...]:
    """What the hub has of it: nothing that is different at each time."""
    can, key = hub.adapter("support").capabilities, told.KEY
    variables = str(hub.variables(key))
    known = [word in variables for word in ("CO-1", "be kind", "billing")]
    files = hub.files(key) if can.attachments else []
    typed = hub.typed(key) if can.typing else 0
    return (hub.opened(), hub.said(key), hub.history(key), known, files, typed)


def _hold_against_contract(kind: str, requests: Mutating) -> None:
    """Where the contract is at hand."""
    if kind not in CONTRACTS or not (contract.CONTRACTS / CONTRACTS[kind][1]).exists():
        return
    _, document, prefix = CONTRACTS[kind]
    whole = Contract(document, prefix)
    for method, path, body, headers in requests.sent:
        if not path.startswith(BEYOND.get(kind, ())):
            whole.check(method, path, body)
            whole.check_headers(method, path, headers)


def _another(value: str) -> str:
    """The value with another last character but one: what pads base64 stays."""
    return value[:-3] + ("A" if value[-3] != "A" else "B") + value[-2:]
