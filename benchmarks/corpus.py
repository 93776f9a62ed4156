"""`python -m benchmarks.corpus DIR…`: load every agent below, play every topic to its end, and print how it went."""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from activities.agent_versions import read_folder
from benchmarks.rehearsal import Played, Rehearsal
from dialog.layouts import SETTINGS
from dialog.loader import Loaded, load_agents
from dialog.problems import Problem
from protocol.models import Owned

_MARKS = (*SETTINGS, "agent.mcs.yml", "botcomponents", "topics")
_NO_KIND = re.compile(r"nodes? of kind \"(\w+)\"")
_NO_FUNCTION = re.compile(r"there is no function (\w+)")


class AgentFigures(Owned):
    """How one agent did."""

    folder: str
    agent: str
    topics: int
    """Topic files that there are."""
    loaded: int
    ended: int
    """Topics that ran to their end, with a customer who answers and with one who does not."""
    kinds: tuple[str, ...] = ()
    """Kinds of node that are missing."""
    functions: tuple[str, ...] = ()
    """Functions that are missing."""
    broken: tuple[str, ...] = ()
    """Files that cannot be read."""
    errors: tuple[Played, ...] = ()
    seconds: float = 0.0


class CorpusFigures(Owned):
    """How all of them did."""

    agents: tuple[AgentFigures, ...]

    @property
    def topics(self) -> int:
        """Topic files that can be read at all."""
        return sum(agent.topics for agent in self.agents)

    @property
    def loaded(self) -> int:
        """Topics that loaded."""
        return sum(agent.loaded for agent in self.agents)

    @property
    def ended(self) -> int:
        """Topics that ran to their end."""
        return sum(agent.ended for agent in self.agents)


def agents_below(folder: Path) -> list[Path]:
    """The folders that hold an agent: the topmost with one of the marks, or with loose topics in it."""
    if any((folder / mark).exists() for mark in _MARKS) or any(folder.glob("*botContent.yml")):
        return [folder]
    below = [found for child in sorted(folder.iterdir()) if child.is_dir() for found in agents_below(child)]
    loose = [path for path in folder.iterdir() if path.suffix in {".yml", ".yaml"}]
    return below or ([folder] if loose else [])


def measure(folders: list[Path]) -> CorpusFigures:
    """Every agent below these folders."""
    found = [agent for folder in folders for agent in agents_below(folder)]
    return CorpusFigures(agents=tuple(figures for folder in found for figures in figures_of(folder)))


def figures_of(folder: Path) -> Iterator[AgentFigures]:
    """The agents of one folder."""
    began = time.monotonic()
    for name, loaded in load_agents(read_folder(folder)).items():
        yield _figures(folder, name, loaded, began)
        began = time.monotonic()


def _figures(folder: Path, name: str, loaded: Loaded, began: float) -> AgentFigures:
    agent = loaded.definition
    topics = [topic for topic in agent.topics.values() if topic.is_conversation] if agent else []
    played = [Rehearsal(agent, topic, answers).play() for topic in topics for answers in (True, False) if agent]
    failed = tuple(each for each in played if not each.ended)
    said = " ".join([*(each.error for each in failed), *(problem.message for problem in loaded.errors)])
    broken = tuple(str(problem) for problem in loaded.errors if _is_broken(problem))
    return AgentFigures(
        folder=folder.name,
        agent=name,
        topics=len(topics) + sum(_is_topic(problem) for problem in loaded.errors),
        loaded=len(topics),
        ended=len(topics) - len({each.topic for each in failed}),
        kinds=_named(_NO_KIND, said),
        functions=_named(_NO_FUNCTION, said),
        broken=broken,
        errors=failed,
        seconds=round(time.monotonic() - began, 2),
    )


def _is_broken(problem: Problem) -> bool:
    return problem.message.startswith("this is no YAML")


def _is_topic(problem: Problem) -> bool:
    """Whether a topic was left out for its kind, which no file that parses should be."""
    return problem.message.startswith("a topic's kind is")


def _named(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(sorted(set(pattern.findall(text))))


def show(figures: CorpusFigures, console: Console) -> None:
    """A table with a row for each agent, and below it what went wrong."""
    table = Table("agent", "topics", "loaded", "ended", "missing", "broken files", "s")
    for agent in figures.agents:
        missing = " ".join((*agent.kinds, *agent.functions))
        counts = (str(agent.topics), str(agent.loaded), str(agent.ended))
        table.add_row(
            f"{agent.folder} / {agent.agent}", *counts, missing, str(len(agent.broken)), f"{agent.seconds:.1f}"
        )
    console.print(table)
    for agent in figures.agents:
        for problem in agent.broken:
            console.print(f"{agent.folder}/{problem}", soft_wrap=True, highlight=False, markup=False)
        for played in agent.errors:
            console.print(f"{played.topic}: {played.error}", soft_wrap=True, highlight=False, markup=False)
    loaded = 100 * figures.loaded / max(figures.topics, 1)
    ended = 100 * figures.ended / max(figures.topics, 1)
    console.print(
        f"{figures.topics} topics of {len(figures.agents)} agents: {loaded:.1f} % loaded, {ended:.1f} % ended"
    )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="agents, or folders of agents")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    figures = measure(options.folders)
    if options.json:
        print(figures.model_dump_json(indent=2))
    else:
        show(figures, Console(file=sys.stdout, width=130))


if __name__ == "__main__":
    main()
