"""What the one Temporal activity asks where, and how: operations in a customer's name, and codes of a sign-in page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.agent_versions import AgentVersions
from activities.asking_world import AskingWorld, WorldQuestion
from activities.model_recognition import ModelRecognition
from activities.recognition import Recognising
from dialog.calls import Answer, Ask, Call, OperationCall, SignInCall
from dialog.errors import CONNECTOR_FAILED, SIGN_IN
from settings.model import AgentSettings, Settings
from settings.signing_in import SignInSettings
from settings.world import WorldSettings
from simulators.faults import Fault
from simulators.world import WorldSimulator
from tests.support.waiting import PATIENCE

CODE = SignInCall(connection="contoso-id", code="483920")


@pytest.fixture
async def asking(world: WorldSimulator, url: str, tmp_path: Path) -> AsyncIterator[AskingWorld]:
    """What asks, for an agent with an operation and a sign-in page, and for one with neither."""
    addresses = {"env:GET": f"{url}/flows/get", "env:REDEEM": f"{url}/flows/signin"}
    contoso = AgentSettings(
        path=tmp_path, world=WorldSettings(operations={"Get": "env:GET"}), signin=SignInSettings(redeem="env:REDEEM")
    )
    world.outputs["signin"] = {"token": "abc"}
    settings = Settings(agents={"contoso": contoso})
    model = ModelRecognition(settings, addresses.__getitem__)
    asks = AskingWorld(settings, Recognising(AgentVersions(tmp_path), model), addresses.__getitem__)
    yield asks
    await asks.close()
    await model.close()


async def _answer(asking: AskingWorld, call: Call, agent: str = "contoso") -> Answer:
    question = WorldQuestion(
        agent=agent, version="1", conversation="c1", ask=Ask(number=1, call=call, seconds=PATIENCE)
    )
    answer: Answer = await ActivityEnvironment().run(asking.ask_world, question)
    return answer


async def test_an_operation_in_the_customers_name_has_their_token(asking: AskingWorld, world: WorldSimulator) -> None:
    """As the bearer's; any other carries none."""
    for token in ("abc", ""):
        call = OperationCall(what="connector", name="Get", inputs={"n": 1}, token=token)
        assert (await _answer(asking, call)).value == {"n": 1}
    assert [request["headers"].get("authorization") for request in world.requests] == ["Bearer abc", None]


async def test_a_code_becomes_a_token(asking: AskingWorld, world: WorldSimulator) -> None:
    """Whoever redeems it is told for which conversation it must be good."""
    assert await _answer(asking, CODE) == Answer(value="abc")
    assert world.requests[0]["body"] == {"conversation": "c1", "connectionName": "contoso-id", "code": "483920"}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
async def test_a_code_may_be_refused(asking: AskingWorld, world: WorldSimulator, status: int) -> None:
    """That is no error."""
    world.faults.plan("flow", Fault(status=status))
    assert await _answer(asking, CODE) == Answer()


async def test_a_code_that_cannot_be_redeemed_now_is_an_error(asking: AskingWorld, world: WorldSimulator) -> None:
    """It was sent once."""
    world.faults.plan("flow", Fault(status=500))
    assert (await _answer(asking, CODE)).code == CONNECTOR_FAILED
    assert world.requests == []


@pytest.mark.parametrize("output", [{}, {"token": ""}, {"token": 5}, ["abc"], "abc"])
async def test_what_is_no_token_signs_nobody_in(asking: AskingWorld, world: WorldSimulator, output: object) -> None:
    """Whatever it is."""
    world.outputs["signin"] = output
    assert await _answer(asking, CODE) == Answer()


async def test_an_agent_without_redeem_cannot(asking: AskingWorld, world: WorldSimulator) -> None:
    """And asks nobody."""
    assert (await _answer(asking, CODE, agent="another")).code == SIGN_IN
    assert world.requests == []
