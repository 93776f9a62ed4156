"""An agent's folder, as the authoring tools write it, read into a definition.

Every mistake is told, not only the first; a file that cannot be read does not keep the others from being read.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from dialog.checks import check_agent, check_topic
from dialog.definition import AgentDefinition, Topic
from dialog.problems import Problem
from dialog.source import Source, read
from protocol.models import Owned

_SUFFIXES = (".mcs.yml", ".mcs.yaml")


class Loaded(Owned):
    """What a folder gave: an agent, where it has no errors, and everything that is wrong with it."""

    definition: AgentDefinition | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the agent from being published."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def load_agent(files: Mapping[str, str]) -> Loaded:
    """Read an agent from its files, by their paths below its folder."""
    sources, problems = _read_all(files)
    settings = sources.get("settings.mcs.yml") or sources.get("settings.mcs.yaml")
    if settings is None or not isinstance(settings.value, dict):
        if not any(problem.file.startswith("settings.mcs") for problem in problems):
            problems.append(
                Problem(file="settings.mcs.yml", message="an agent needs this file, with its schemaName in it")
            )
        return Loaded(problems=tuple(problems))
    schema_name = settings.value.get("schemaName")
    if not isinstance(schema_name, str) or not schema_name:
        problems.append(
            settings.problem((), "schemaName is missing: it names the agent, and every redirect begins with it")
        )
        return Loaded(problems=tuple(problems))
    definition = _definition(schema_name, settings, sources)
    problems.extend(_check(definition, sources))
    problems.sort(key=lambda problem: (problem.file, problem.line, problem.column))
    broken = any(problem.severity == "error" for problem in problems)
    return Loaded(definition=None if broken else definition, problems=tuple(problems))


def _read_all(files: Mapping[str, str]) -> tuple[dict[str, Source], list[Problem]]:
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for path, text in sorted(files.items()):
        if not path.endswith(_SUFFIXES):
            continue
        source = read(path, text)
        if isinstance(source, Problem):
            problems.append(source)
        else:
            sources[path] = source
    return sources, problems


def _definition(schema_name: str, settings: Source, sources: Mapping[str, Source]) -> AgentDefinition:
    agent = sources.get("agent.mcs.yml")
    named = settings.value.get("displayName") or (agent.value.get("displayName") if agent and agent.value else None)
    language = settings.value.get("language", 1033)
    return AgentDefinition(
        schema_name=schema_name,
        display_name=str(named or schema_name),
        language=language if isinstance(language, int) else 1033,
        topics={topic.name: topic for topic in _topics(schema_name, sources)},
        variables={
            str(source.value.get("name") or short): source.value for short, source in _in_folder("variables", sources)
        },
        entities={f"{schema_name}.entity.{short}": source.value for short, source in _in_folder("entities", sources)},
    )


def _topics(schema_name: str, sources: Mapping[str, Source]) -> Iterator[Topic]:
    for short, source in _in_folder("topics", sources):
        yield Topic(
            name=topic_name(schema_name, short),
            display_name=_display_name(short, source.value),
            body={key: value for key, value in source.value.items() if key != "mcs.metadata"},
            file=source.file,
        )


def topic_name(schema_name: str, short: str) -> str:
    """A topic's schema name: made from its file's, unless the file's is one already."""
    return short if short.startswith(f"{schema_name}.topic.") else f"{schema_name}.topic.{short}"


def _in_folder(folder: str, sources: Mapping[str, Source]) -> Iterator[tuple[str, Source]]:
    for path, source in sources.items():
        parts = PurePosixPath(path).parts
        if len(parts) == 2 and parts[0] == folder and isinstance(source.value, dict):
            yield _short(parts[1]), source


def _short(name: str) -> str:
    return next(name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix))


def _display_name(short: str, body: Mapping[str, Any]) -> str:
    metadata = body.get("mcs.metadata")
    named = metadata.get("componentName") if isinstance(metadata, Mapping) else None
    begin = body.get("beginDialog")
    intent = begin.get("intent") if isinstance(begin, Mapping) else None
    intended = intent.get("displayName") if isinstance(intent, Mapping) else None
    return str(named or intended or short)


def _check(definition: AgentDefinition, sources: Mapping[str, Source]) -> Iterator[Problem]:
    for path, source in sources.items():
        if PurePosixPath(path).parts[0] == "topics" and not isinstance(source.value, dict):
            yield source.problem((), "a topic begins with `kind: AdaptiveDialog`; this file is no topic")
    for topic in definition.topics.values():
        yield from check_topic(topic, definition, sources[topic.file])
    yield from check_agent(definition)
