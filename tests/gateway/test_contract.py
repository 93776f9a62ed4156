import re
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from jsonschema import Draft4Validator

from tests.gateway.fake_conversations import FakeConversations
from tests.gateway.serving import SECRET, Customer

CONTRACT = Path(__file__).parents[2] / "../shared/contracts/directline-v3.swagger.json"
NOT_IN_THE_CONTRACT = {405, 413, 503}
"""Statuses of HTTP's own that the contract leaves out; their bodies have its shape all the same."""


class Contract:
    """Direct Line's published contract, which checks answers."""

    def __init__(self, swagger: dict[str, Any]) -> None:
        self._swagger = swagger

    def check(self, answer: httpx.Response) -> None:
        """Fail unless the status is one of the operation's and the body has the status' schema."""
        request = answer.request
        path = re.sub(r"(conversations)/[^/?]+", r"\1/{conversationId}", request.url.path)
        responses = self._swagger["paths"][path][request.method.lower()]["responses"]
        status = answer.status_code
        assert str(status) in responses or status in NOT_IN_THE_CONTRACT, (request.method, path, status)
        # For errors the contract names no schema at most operations, but has one: ErrorResponse.
        schema = {"$ref": "#/definitions/ErrorResponse"} if status >= 400 else responses[str(status)]["schema"]
        Draft4Validator(schema | {"definitions": self._swagger["definitions"]}).validate(answer.json())


@pytest.fixture
def contract() -> Contract:
    """The contract, where it is at hand."""
    if not CONTRACT.exists():
        pytest.skip(f"{CONTRACT.name} is not beside this repository")
    return Contract(orjson.loads(CONTRACT.read_bytes()))


async def test_every_answer_is_as_the_contract_has_it(
    customer: Customer, conversations: FakeConversations, contract: Contract
) -> None:
    """Each operation, going well and going wrong, answers with a status and a body of the contract."""
    call, here = customer.call, f"conversations/{customer.conversation}"
    message = {"type": "message", "text": "hi"}

    async def each_operation(bearer: str | None) -> None:
        contract.check(await call("POST", "tokens/generate", bearer=bearer, json={"user": {"id": "dl_1"}}))
        contract.check(await call("POST", "tokens/refresh", bearer=bearer))
        contract.check(await call("POST", "conversations", bearer=bearer))
        contract.check(await call("GET", f"{here}?watermark=0", bearer=bearer))
        contract.check(await call("GET", f"{here}/activities?watermark=0", bearer=bearer))
        contract.check(await call("POST", f"{here}/activities", bearer=bearer, json=message))
        contract.check(await call("POST", f"{here}/activities", bearer=bearer, json={"type": "message"}))
        contract.check(await call("POST", f"{here}/upload", bearer=bearer, files={"file": ("a", b"x", "text/plain")}))

    for bearer in (None, SECRET, "guess", "another agent's secret"):
        await each_operation(bearer)
    conversations.outage = True
    await each_operation(None)
    conversations.outage = False
    conversations.talks[customer.conversation].ended = True
    await each_operation(None)
