"""The desk keeps its contract, tells the truth about messages, and forgets nothing."""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from handoff.hours import OpeningHours, is_open, opens_at
from settings.login import LoginTokens, mint_login
from tests.desk.conftest import SECRET, TOKEN, Caller, Receiver
from tests.support.installation import free_ports
from tests.support.patient import patient_client
from tests.support.waiting import eventually

CONTRACT = Path(__file__).parents[2] / "../shared/contracts/custom-hub.openapi.yaml"


async def test_a_handoff_is_opened_once(desk: Caller) -> None:
    """201 the first time, 200 with the same handoff after it, 409 for another body."""
    headers = {"Idempotency-Key": "c:1"}
    first = await desk.http.post("/handoffs", json=desk.opening(), headers=headers)
    again = await desk.http.post("/handoffs", json=desk.opening(), headers=headers)
    other = await desk.http.post("/handoffs", json=desk.opening(priority=1), headers=headers)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["position"] == 1


async def test_bad_input_is_a_problem_and_never_a_crash(desk: Caller) -> None:
    """Each with its own status, all as problem+json."""
    key = {"Idempotency-Key": "k"}
    numbered = desk.opening()
    numbered["attachments"][0]["content"]["activities"][0]["timestamp"] = 5
    wrong: list[tuple[int, httpx.Response]] = [
        (401, await desk.http.post("/handoffs", json={}, headers={"Authorization": "Bearer wrong"})),
        (422, await desk.http.post("/handoffs", json=desk.opening())),
        (422, await desk.http.post("/handoffs", json={}, headers=key)),
        (422, await desk.http.post("/handoffs", content=b"{", headers=key)),
        (422, await desk.http.post("/handoffs", content=b'{"text": "\\ud800"}', headers=key)),
        (422, await desk.http.post("/handoffs", json=numbered, headers=key)),
        (404, await desk.http.post("/handoffs", json=desk.opening(queue="nowhere"), headers=key)),
        (404, await desk.http.get("/handoffs/nobody")),
        (404, await desk.http.get("/queues/nowhere")),
        (405, await desk.http.delete("/handoffs/nobody")),
        (404, await desk.do("nobody", "say", {"text": "x"})),
        (422, await desk.do("nobody", "say", {})),
        (401, await desk.http.get("/api/handoffs", headers={"Authorization": ""})),
    ]
    for status, answer in wrong:
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
    huge = await desk.http.post("/handoffs", content=b" " * (9 * 1024 * 1024), headers=key)
    assert huge.status_code == 413


async def test_of_two_who_accept_one_gets_it(desk: Caller) -> None:
    """At the very same moment; the other is told who has it."""
    handoff = await desk.open()
    answers = await asyncio.gather(*(desk.accept(handoff, name) for name in ("Ada", "Bob", "Cleo")))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert "has it" in refused.json()["detail"]


async def test_talk_is_told_in_order_and_marked_truthfully(desk: Caller, receiver: Receiver) -> None:
    """Sent, then delivered; the customer's words once, however often they come."""
    handoff = await desk.open()
    await desk.accept(handoff)
    for number in range(5):
        await desk.do(handoff, "say", {"text": f"answer {number}"})
    await eventually(lambda: len(receiver.said) == 5)
    assert receiver.said == [f"answer {number}" for number in range(5)]
    assert receiver.states[:2] == ["queued", "accepted"]
    assert [(await desk.customer_says(handoff, "thanks")).status_code for _ in range(2)] == [201, 200]
    shown = (await desk.http.get(f"/api/handoffs/{handoff}")).json()
    assert [message["text"] for message in shown["messages"]][-1:] == ["thanks"]
    assert shown["note"] == "Be kind."
    assert {message["delivery"] for message in shown["messages"] if message["role"] == "agent"} == {"delivered"}


async def test_words_stay_with_who_said_them(desk: Caller, receiver: Receiver) -> None:
    """Told once more after a transfer, what was said changes nothing; what was not is not said in another's name."""
    handoff = await desk.open()
    await desk.accept(handoff)
    said, unsaid = ({"text": text, "id": text, "by": "ada"} for text in ("said", "unsaid"))
    assert (await desk.do(handoff, "say", said)).status_code == 200
    await desk.do(handoff, "transfer", {"queue": "stores"})
    assert [(await desk.do(handoff, "say", words)).status_code for words in (said, unsaid)] == [200, 409]
    await desk.accept(handoff, "Bob")
    assert (await desk.do(handoff, "say", said)).status_code == 200
    refused = await desk.do(handoff, "say", unsaid)
    assert (refused.status_code, refused.json()["detail"]) == (409, "Bob has the conversation now")
    await desk.do(handoff, "close")
    assert [(await desk.do(handoff, "say", words)).status_code for words in (said, unsaid)] == [200, 409]
    await eventually(lambda: "accepted" in receiver.states[3:])
    assert receiver.said == ["said"]


async def test_a_message_that_baton_refuses_is_marked_and_can_be_retried(desk: Caller, receiver: Receiver) -> None:
    """410 is final: the representative reads that nobody got it."""
    handoff = await desk.open()
    await desk.accept(handoff)
    await eventually(lambda: receiver.states == ["queued", "accepted"])
    receiver.answers = [410]
    message = (await desk.do(handoff, "say", {"text": "anybody?"})).json()["id"]

    async def delivery(state: str) -> bool:
        shown = (await desk.http.get(f"/api/handoffs/{handoff}")).json()
        return [message["delivery"] for message in shown["messages"]] == [state]

    await eventually(lambda: delivery("failed"))
    assert (await desk.do(handoff, "retry", {"message": message})).status_code == 204
    await eventually(lambda: delivery("delivered"))


async def test_an_outage_is_waited_out(desk: Caller, receiver: Receiver) -> None:
    """The next message waits for the one before, and each comes once."""
    handoff = await desk.open()
    await desk.accept(handoff)
    await eventually(lambda: receiver.states == ["queued", "accepted"])
    receiver.answers = [503, 500, 202, 503]
    for text in ("one", "two"):
        await desk.do(handoff, "say", {"text": text})
    await eventually(lambda: receiver.said == ["one", "two"])


async def test_transfer_return_and_close(desk: Caller, receiver: Receiver) -> None:
    """Each is told, and after the end nothing more is taken."""
    first = await desk.open("c:1")
    await desk.accept(first)
    await desk.do(first, "transfer", {"queue": "stores"})
    await desk.accept(first, "Bob")
    await desk.do(first, "return", {"note": "all done"})
    await eventually(lambda: receiver.states[-1:] == ["returned"])
    assert receiver.states == ["queued", "accepted", "transferred", "queued", "accepted", "returned"]
    assert (await desk.customer_says(first, "hello?")).status_code == 410
    assert (await desk.do(first, "say", {"text": "x"})).status_code == 409
    second = await desk.open("c:2")
    await desk.accept(second)
    await desk.do(second, "close")
    await eventually(lambda: any(body["type"] == "endOfConversation" for body in receiver.taken.values()))


async def test_places_in_the_queue_move_up(desk: Caller, receiver: Receiver) -> None:
    """Whoever waits is told when the place changes; priority goes first."""
    handoffs = [await desk.open(f"c:{number}") for number in range(3)]
    urgent = await desk.open("c:9", priority=1)
    assert (await desk.http.get(f"/handoffs/{urgent}")).json()["position"] == 1
    await desk.accept(urgent)
    await desk.accept(handoffs[0])

    def places(handoff: str) -> list[int]:
        told = [body for body in receiver.taken.values() if body["conversation"]["id"] == handoff]
        return [body["value"]["position"] for body in told if body.get("value", {}).get("state") == "queued"]

    await eventually(lambda: places(handoffs[2]) == [3, 4, 3, 2])


async def test_the_customer_ends_it(desk: Caller) -> None:
    """The representative sees it, and nothing more can be said."""
    handoff = await desk.open()
    await desk.accept(handoff)
    await desk.customer_says(handoff, "", "bye", type="endOfConversation")
    shown = (await desk.http.get(f"/api/handoffs/{handoff}")).json()
    assert (shown["state"], shown["outcome"]) == ("ended", "customer left")


async def test_a_closed_queue_says_when_it_opens(desk: Caller) -> None:
    """And an open one how long one would wait."""
    closed = (await desk.http.get("/queues/closed")).json()
    assert closed["open"] is False
    assert "T00:00:00" in closed["opensAt"]
    assert (await desk.http.get("/queues/general")).json()["open"] is True


@pytest.mark.parametrize(
    ("moment", "expected"),
    [("2026-11-24T09:00", True), ("2026-11-24T17:59", True), ("2026-11-24T18:00", False), ("2026-11-25T12:00", False)],
)
def test_hours_are_local(moment: str, expected: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Tuesdays from nine to six in Los Angeles; a night shift; a holiday."""
    hours = OpeningHours(timezone="America/Los_Angeles", hours={"tuesday": "09:00-18:00", "friday": "22:00-06:00"})
    at = datetime.fromisoformat(f"{moment}-08:00")
    assert is_open(hours, at) is expected
    assert is_open(hours, datetime.fromisoformat("2026-11-28T03:00-08:00"))
    holiday = hours.model_copy(update={"holidays": (datetime(2026, 11, 24, tzinfo=UTC).date(),)})
    assert not is_open(holiday, datetime.fromisoformat("2026-11-24T10:00-08:00"))
    assert opens_at(holiday, at) == datetime.fromisoformat("2026-11-27T22:00-08:00")


async def test_a_login_link_works_once(desk: Caller) -> None:
    """The cookie opens the API; the same link a second time does not."""
    key = "signing-key-signing-key-signing-key"
    link = f"/login?token={mint_login(key, 'desk')}"
    async with patient_client(str(desk.http.base_url)) as browser:
        assert (await browser.get(link)).status_code == 303
        assert (await browser.get("/api/handoffs")).status_code == 200
        assert (await browser.get(link)).status_code == 403
    assert LoginTokens(key, "console").redeem(mint_login(key, "desk")) is None
    assert LoginTokens(key, "desk").redeem(mint_login(key, "desk", seconds=-1)) is None


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract is not beside the project")
async def test_answers_are_the_contracts(desk: Caller, receiver: Receiver) -> None:
    """Every answer and every callback, against the OpenAPI document."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - where the contract is not, neither need this be

    document = YAML(typ="safe").load(CONTRACT.read_text(encoding="utf-8"))

    def check(schema: str, body: Any) -> None:
        Draft202012Validator({"$ref": f"#/components/schemas/{schema}", **document}).validate(body)

    check("HandoffInitiate", desk.opening())
    handoff = await desk.open()
    check("Handoff", (await desk.http.get(f"/handoffs/{handoff}")).json())
    check("Queue", (await desk.http.get("/queues/general")).json())
    check("Queue", (await desk.http.get("/queues/closed")).json())
    check("Problem", (await desk.http.get("/handoffs/nobody")).json())
    check("ResourceResponse", (await desk.customer_says(handoff, "x")).json())
    await desk.accept(handoff)
    await desk.do(handoff, "typing")
    await desk.do(handoff, "say", {"text": "hi"})
    await desk.do(handoff, "close")
    await eventually(lambda: any(body["type"] == "endOfConversation" for body in receiver.taken.values()))
    for body in receiver.taken.values():
        check("HubActivity", body)


async def test_a_killed_desk_goes_on_telling(receiver: Receiver, tmp_path: Path) -> None:
    """SIGKILL with a full outbox: after the restart everything is told, in order, each once."""
    receiver.answers = [503] * 40
    (port,) = free_ports(1)
    keys = tmp_path / "keys"
    keys.mkdir()
    for name, secret in (("token", TOKEN), ("secret", SECRET), ("signing", "s" * 40)):
        (keys / name).write_text(secret, encoding="utf-8")
    config = tmp_path / "baton.toml"
    config.write_text(
        f'data_dir = "{tmp_path}"\n[gateway]\nsigning_key = "file:{keys}/signing"\n'
        f'[desk]\nport = {port}\ntoken = "file:{keys}/token"\nwebhook_secret = "file:{keys}/secret"\n',
        encoding="utf-8",
    )
    async with patient_client(f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {TOKEN}"}) as http:
        caller = Caller(http, f"{receiver.url}/callback")  # type: ignore[attr-defined]
        process = await _started(config, http)
        handoff = await caller.open()
        await caller.accept(handoff)
        for number in range(6):
            await caller.do(handoff, "say", {"text": f"word {number}"})
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        receiver.answers = []
        process = await _started(config, http)
        await eventually(lambda: len(receiver.said) == 6)
        assert receiver.said == [f"word {number}" for number in range(6)]
        process.terminate()
        assert await process.wait() in {0, -signal.SIGTERM}


async def _started(config: Path, http: httpx.AsyncClient) -> asyncio.subprocess.Process:
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "desk", "--config", str(config), cwd=root)

    async def answers() -> bool:
        try:
            return (await http.get("/healthz")).is_success
        except httpx.HTTPError:
            return False

    await eventually(answers)
    return process


def test_facts_are_json() -> None:
    """What the page shows of a variable is text, however long a list is."""
    from desk.shown import facts  # noqa: PLC0415 - one line's need

    shown = facts({"va_BotId": "b", "Names": ["a"] * 500, "Order": json.loads("1")})
    assert [name for name, _ in shown] == ["Names", "Order", "va_BotId"]
    assert len(shown[0][1]) == 298
