"""One topic played to its end, with a customer who answers everything, or understands nothing."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from benchmarks.plausible import UNFITTING, answer_to, fitting
from dialog import machine
from dialog.calls import Answer
from dialog.definition import AgentDefinition, Topic
from dialog.machine import TurnOutcome
from dialog.powerfx.encoding import to_json
from dialog.powerfx.values import Record, Table
from dialog.run import Run
from dialog.state import DialogState, FrameState
from dialog.turn import HandoffOutcome, World
from protocol.activity import TYPING, Activity
from protocol.models import Owned

MAX_TURNS = 200
"""After so many replies a conversation that asks for ever is given up on: a customer leaves, too."""
ENDLESS = 8
"""A question that is answered so often is a loop of the author's own; the topic runs."""


class Played(Owned):
    """How it went with one topic and one kind of customer."""

    topic: str
    ended: bool
    turns: int = 0
    error: str = ""


@dataclass
class Rehearsal:
    """A conversation under way."""

    agent: AgentDefinition
    topic: Topic
    answers: bool
    asked: Counter[str] = field(default_factory=Counter)
    heard: tuple[Activity, ...] = ()
    turns: int = 0

    def play(self) -> Played:
        """Start the topic as if the customer had just triggered it, and answer until it ends."""
        phrase = next(iter(self.topic.phrases), "Hello, can you help me?")
        started = FrameState(topic=self.topic.name, position=self.topic.program.first)
        state = DialogState(stack=(started,), recognizer=_options(self.agent), fallback_count=1, last_message=phrase)
        # An activity that no trigger is for: the topic that is on the stack goes on, and nothing else begins.
        outcome = machine.hear(self.agent, state, Activity(type=TYPING, text=phrase), None, _world())
        while not (error := error_of(outcome)) and outcome.state.stack and self.turns < MAX_TURNS:
            if max(self.asked.values(), default=0) > ENDLESS:
                break
            self.turns += 1
            outcome = self._next(outcome)
        stuck = "" if not outcome.state.stack or max(self.asked.values(), default=0) > ENDLESS else "it never ends"
        return Played(topic=self.topic.name, ended=not (error or stuck), turns=self.turns, error=error or stuck)

    def _next(self, outcome: TurnOutcome) -> TurnOutcome:
        state, top = outcome.state, outcome.state.stack[-1]
        if top.waiting == "handoff":
            return machine.resume(self.agent, state, HandoffOutcome(status="returned", note="done"), _world())
        run = Run(self.agent, state, _world())
        step = run.frame.topic.program.steps[top.position or ""]
        if top.waiting == "world" and state.asking:
            answer = answer_to(state.asking.ask.call, step.properties) if self.answers else Answer()
            return machine.answered(self.agent, state, answer, _world())
        self.heard = outcome.outgoing or self.heard
        asked = self.asked[f"{top.topic}/{step.key}"]
        self.asked[f"{top.topic}/{step.key}"] += 1
        reply = fitting(run, step, asked, self.heard) if self.answers else UNFITTING
        return machine.hear(self.agent, state, reply, None, _world())


def error_of(outcome: TurnOutcome) -> str:
    """The error that a turn ended in, or nothing."""
    told = [trace.value for trace in outcome.traces if trace.wire().get("valueType") == "ErrorTraceData"]
    return f"{told[0]['errorCode']}: {told[0]['errorMessage']}" if told else ""


def _world() -> World:
    return World(datetime(2026, 11, 24, 12, tzinfo=UTC), Random(1), "rehearsal", tracing=True)  # noqa: S311 - chance, repeatable


def _options(agent: AgentDefinition) -> dict[str, object]:
    """What Multiple Topics Matched is given to choose from."""
    rows = [
        Record({"DisplayName": topic.display_name, "TopicId": topic.name, "TriggerId": "main", "Score": "0.9"})
        for topic in list(agent.topics.values())[:2]
    ]
    return {"IntentOptions": to_json(Table(rows)), "SelectedIntent": None}
