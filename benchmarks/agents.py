"""What an agent costs a worker, in processor time: `python -m benchmarks.agents [DIR]`.

Loading a published version, and one turn in the pure machine, beside nothing at all: no Temporal, no socket. Without
`DIR` it is the sample agent, which has 23 topics.
"""

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import process_time

from activities.agent_versions import AgentVersions
from dialog import machine
from dialog.definition import AgentDefinition
from dialog.state import DialogState
from dialog.turn import World
from protocol.activity import MESSAGE, Activity

ROUNDS, TIMES = 7, 50
SAID = ("hello", "where is my order?", "my whole point-of-sale system is down", "speak to agent", "blargh")
"""Answered at once, asks a question, transfers, escalates, is not understood."""
SAMPLE = Path(__file__).parents[1] / "agents" / "contoso"


def milliseconds(do: Callable[[], object], times: int = TIMES) -> float:
    """Of processor time for one `do`: the best of some rounds, for what disturbs only ever adds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = process_time()
        for _ in range(times):
            do()
        best = min(best, (process_time() - begin) / times)
    return best * 1e3


def turn_of(agent: AgentDefinition, text: str) -> Callable[[], object]:
    """A customer's first words after the greeting, from the recognised utterance to the bot's reply."""
    greeted = machine.start(agent, DialogState(), _world()).state
    recognition = agent.recognizer().recognise(text, "")
    return lambda: machine.hear(agent, greeted, Activity(type=MESSAGE, text=text), recognition, _world())


def _world() -> World:
    return World(datetime(2026, 11, 25, 12, tzinfo=UTC), Random(1), "benchmark")  # noqa: S311 - chance, repeatable


def main(folder: Path) -> None:
    """Publish the agent into a scratch store, and print what it costs."""
    with tempfile.TemporaryDirectory() as scratch:
        version = AgentVersions(Path(scratch)).publish("measured", folder, with_errors=True).version

        def load() -> AgentDefinition:
            """From a store that has read nothing yet, as a worker's has not; all that the first turn needs is made."""
            agent = AgentVersions(Path(scratch)).load("measured", version)
            turn_of(agent, SAID[0])()
            return agent

        agent = load()
        print(f"{milliseconds(load, 5):8.2f} ms  to load it, {len(agent.topics)} topics, and have a first turn")
        for text in SAID:
            print(f"{milliseconds(turn_of(agent, text)):8.2f} ms  a turn: {text}")
        recognizer = agent.recognizer()
        print(f"{milliseconds(lambda: recognizer.recognise(SAID[1], '')):8.2f} ms  to recognise: {SAID[1]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
