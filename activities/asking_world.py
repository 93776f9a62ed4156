"""Asking the world outside for a conversation: the one Temporal activity behind every node that needs it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from temporalio import activity

from activities.addresses import Door, GuardedTransport
from activities.alive import alive
from activities.knowledge import Knowledge, read_folder
from activities.providers import NoProvider, OpenAICompatible, Provider
from activities.recognition import Recognising
from activities.web import Web
from dialog.calls import AgentCall, Answer, Ask, HttpCall, KnowledgeCall, OperationCall, RecogniseCall, SignInCall
from dialog.errors import CONNECTOR_FAILED, FLOW_FAILED, FLOW_REFUSED, SIGN_IN, TIMED_OUT
from protocol.models import Owned
from settings.model import Settings
from settings.signing_in import SignInSettings
from settings.world import WorldSettings

REFUSED = frozenset([400, 401, 403, 404, 410, 422])
"""Statuses by which a code is refused: it is wrong, too old, or another conversation's."""


class WorldQuestion(Owned):
    """What a conversation wants to know of the world."""

    agent: str
    version: str
    conversation: str
    ask: Ask


@dataclass(frozen=True)
class Outside:
    """What one agent reaches of the world."""

    settings: WorldSettings
    guarded: Web
    trusted: Web
    """For addresses that the operator has configured himself."""
    provider: Provider
    redeem: str | None = None
    """Where codes of the sign-in page become tokens."""


class AskingWorld:
    """Answers. What went wrong is an answer too: it is raised only where another try could help."""

    def __init__(self, settings: Settings, recognising: Recognising, resolve: Callable[[str], str]) -> None:
        self._recognising = recognising
        self._resolve = resolve
        self._agents = {name: self._outside(agent.world, agent.signin) for name, agent in settings.agents.items()}
        self._otherwise = self._outside(WorldSettings(), SignInSettings())

    async def close(self) -> None:
        """Let go of every connection."""
        for outside in (*self._agents.values(), self._otherwise):
            await outside.guarded.close()
            await outside.trusted.close()

    @activity.defn
    async def ask_world(self, question: WorldQuestion) -> Answer:
        """The world's answer to one question of a conversation."""
        outside = self._agents.get(question.agent, self._otherwise)
        call, seconds = question.ask.call, min(question.ask.seconds, outside.settings.seconds)
        async with alive():
            match call:
                case HttpCall():
                    return await outside.guarded.send(call, seconds)
                case OperationCall():
                    key = f"{question.conversation}:{question.ask.number}"
                    return await self._operation(outside, call, seconds, key)
                case KnowledgeCall():
                    return await outside.provider.ask(call, seconds)
                case AgentCall():
                    return await outside.provider.speak(call, seconds)
                case SignInCall():
                    return await self._redeemed(outside, call, question.conversation, seconds)
                case RecogniseCall():
                    return await self._recognised(question, call)

    async def _operation(self, outside: Outside, call: OperationCall, seconds: float, key: str) -> Answer:
        """A POST of the inputs to the configured URL; its JSON is the outputs."""
        flow = call.what == "flow"
        table = outside.settings.flows if flow else outside.settings.operations
        failed = FLOW_FAILED if flow else CONNECTOR_FAILED
        # Names may be written with the connection's: `shared_office365users:UserGet_V2`.
        names = (f"{call.connection}:{call.name}", call.name)
        where = next((table[name] for name in names if name in table), None)
        if where is None:
            key_in = "flows" if flow else "operations"
            return Answer(code=failed, message=f'there is no URL for "{call.name}" in [agents.NAME.world.{key_in}]')
        own = {"Authorization": f"Bearer {call.token}"} if call.token else {}
        request = _posted(self._resolve(where), call.inputs, {"Idempotency-Key": key, **own})
        answer = await outside.trusted.send(request, seconds, failed)
        return answer.model_copy(update={"code": _code(answer, flow=flow)})

    async def _redeemed(self, outside: Outside, call: SignInCall, conversation: str, seconds: float) -> Answer:
        """A POST of the code, which is good for this conversation only; the JSON that comes back has the `token`."""
        if outside.redeem is None:
            return Answer(code=SIGN_IN, message="there is no redeem in [agents.NAME.signin]")
        told = {"conversation": conversation, "connectionName": call.connection, "code": call.code}
        request = _posted(self._resolve(outside.redeem), told)
        answer = await outside.trusted.send(request, seconds, CONNECTOR_FAILED)
        if answer.status in REFUSED:
            return Answer()
        if answer.code:
            return Answer(code=answer.code, status=answer.status, message=answer.message)
        token = answer.value.get("token") if isinstance(answer.value, dict) else None
        return Answer(value=token if isinstance(token, str) and token else None)

    async def _recognised(self, question: WorldQuestion, call: RecogniseCall) -> Answer:
        found = await self._recognising.recognise(question.agent, question.version, call.text)
        return Answer(value=[ranked.model_dump() for ranked in found.ranked])

    def _outside(self, settings: WorldSettings, signin: SignInSettings) -> Outside:
        guarded = Web(settings.max_bytes, GuardedTransport(Door(settings)))
        trusted = Web(settings.max_bytes)
        return Outside(settings, guarded, trusted, self._provider(settings, trusted), signin.redeem)

    def _provider(self, settings: WorldSettings, web: Web) -> Provider:
        knowledge: Knowledge | None = read_folder(settings.knowledge) if settings.knowledge else None
        if settings.model is None:
            return NoProvider(knowledge)
        key = self._resolve(settings.model.key) if settings.model.key else ""
        return OpenAICompatible(web, settings.model, key, knowledge)


def _posted(url: str, told: Mapping[str, Any], headers: Mapping[str, str] = MappingProxyType({})) -> HttpCall:
    """A POST of JSON."""
    body = json.dumps(told, ensure_ascii=False)
    return HttpCall(method="POST", url=url, headers={"Content-Type": "application/json", **headers}, body=body)


def _code(answer: Answer, *, flow: bool) -> str:
    """The error's code, as Copilot Studio has it for what failed how."""
    if not answer.code:
        return ""
    if answer.status == 401:
        return SIGN_IN
    if answer.status == 408 and flow:
        return TIMED_OUT
    return FLOW_REFUSED if flow and answer.status == 400 else answer.code
