"""A topic on the stack, as a turn has it, and as it is kept between turns."""

from dataclasses import dataclass, field

from dialog.definition import AgentDefinition, Topic
from dialog.powerfx.encoding import from_json, to_json
from dialog.powerfx.values import Value
from dialog.state import Exchange, FrameState, LoopState


@dataclass
class Frame:
    """A topic on the stack."""

    topic: Topic
    position: str | None
    waiting: str = ""
    stage: str = ""
    attempts: int = 0
    variables: dict[str, Value] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    loops: dict[str, LoopState] = field(default_factory=dict)
    executed: tuple[str, ...] = ()
    utterance: str = ""
    """What the customer said, as far as no question has taken it: later questions may find their answers in it."""
    exchange: Exchange | None = None


def frame_of(agent: AgentDefinition, kept: FrameState, locale: str) -> Frame | None:
    """A frame of a topic that the agent has; one that a newer version dropped has nowhere to go on."""
    topic = agent.topics.get(kept.topic)
    told = agent.told_in(locale, topic) if topic else None
    if told and (kept.position is None or kept.position in told.program.steps):
        topic = told
    if topic is None or (kept.position is not None and kept.position not in topic.program.steps):
        return None
    return Frame(
        topic=topic,
        position=kept.position,
        waiting=kept.waiting,
        stage=kept.stage,
        attempts=kept.attempts,
        variables={name: from_json(value) for name, value in kept.variables.items()},
        outputs=dict(kept.outputs),
        loops=dict(kept.loops),
        executed=kept.executed,
        utterance=kept.utterance,
        exchange=kept.exchange,
    )


def kept(frame: Frame) -> FrameState:
    """The frame as plain JSON has it."""
    return FrameState(
        topic=frame.topic.name,
        position=frame.position,
        waiting=frame.waiting,
        stage=frame.stage,
        attempts=frame.attempts,
        variables={name: to_json(value) for name, value in frame.variables.items()},
        outputs=frame.outputs,
        loops=frame.loops,
        executed=frame.executed,
        utterance=frame.utterance,
        exchange=frame.exchange,
    )
