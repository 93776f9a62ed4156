"""An agent's folder, as the authoring tools write it, read into a definition.

Every mistake is told, not only the first. What cannot be read is named and left out; the rest loads.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dialog.bundle import Bundle, Part
from dialog.checks import check_agent, check_part
from dialog.definition import RULES, AgentDefinition, Topic
from dialog.layouts import UNNAMED, bundles_of, one_of
from dialog.naming import tail_of
from dialog.problems import Problem
from protocol.models import Owned


class Loaded(Owned):
    """What a folder gave: an agent, where there is any, and everything that is wrong with it."""

    definition: AgentDefinition | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the agent from being published, unless its publisher insists."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def load_agent(files: Mapping[str, str], schema_name: str = "") -> Loaded:
    """Read an agent from its files, by their paths below its folder; of several agents the one that is named."""
    bundles, problems = bundles_of(files)
    bundle = one_of(bundles, schema_name)
    if bundle is None:
        names = ", ".join(sorted(found.schema_name for found in bundles))
        message = f"this folder has several agents: {names}. Name one of them (--agent NAME)"
        return Loaded(problems=(*problems, Problem(file=".", message=message)))
    return _loaded(bundle, problems)


def load_agents(files: Mapping[str, str]) -> dict[str, Loaded]:
    """Every agent of a folder, by schema name; files that cannot be read are told with each."""
    bundles, problems = bundles_of(files)
    return {bundle.schema_name: _loaded(bundle, problems) for bundle in bundles}


def _loaded(bundle: Bundle, unread: list[Problem]) -> Loaded:
    definition, problems = _definition(bundle), list(unread)
    problems.extend(_unnamed(bundle))
    for part in bundle.parts:
        problems.extend(check_part(part, definition))
    problems.extend(check_agent(definition))
    problems.sort(key=lambda problem: (problem.file, problem.line, problem.column))
    return Loaded(definition=definition if definition.topics else None, problems=tuple(problems))


def _unnamed(bundle: Bundle) -> Iterator[Problem]:
    settings = bundle.settings
    if settings is not None and not settings.value.get("schemaName"):
        yield settings.problem((), "schemaName is missing: it names the agent, and every redirect begins with it")
    elif bundle.schema_name == UNNAMED and settings is None:
        message = f'an agent needs this file, with its schemaName in it; until then it is called "{UNNAMED}"'
        yield Problem(file="settings.mcs.yml", severity="warning", message=message)


def _definition(bundle: Bundle) -> AgentDefinition:
    topics = {topic.name: topic for part in bundle.parts if (topic := _topic(part))}
    return AgentDefinition(
        schema_name=bundle.schema_name,
        display_name=bundle.display_name or bundle.schema_name,
        language=bundle.language,
        instructions=bundle.instructions or _instructions(bundle),
        rules=RULES,
        signs_in_first=bundle.signs_in_first,
        topics=topics,
        variables={
            str(part.source.value.get("name") or tail_of(part.name)): part.source.value
            for part in _of("globalvariable", bundle)
        },
        entities={part.name: part.source.value for part in _of("entity", bundle)},
        translations=_translations(bundle),
    )


def _instructions(bundle: Bundle) -> str:
    """What the agent's model is told to do, where that is a component of its own."""
    return next((str(part.source.value.get("instructions") or "") for part in _of("gpt", bundle)), "")


def _of(kind: str, bundle: Bundle) -> Iterator[Part]:
    return (part for part in bundle.parts if part.kind == kind and isinstance(part.source.value, dict))


def _kind_of(body: Mapping[str, Any]) -> str:
    """A dialog's kind; a whole-bot export does not say it, and hand-written files forget it."""
    known = {"beginDialog": "AdaptiveDialog", "action": "TaskDialog"}
    return str(body.get("kind") or next((kind for name, kind in known.items() if name in body), ""))


def _topic(part: Part) -> Topic | None:
    """A part that can be redirected to: a topic, an action, or a child agent. One that is turned off is not there."""
    body = part.source.value
    if part.kind not in {"topic", "action", "agent"} or not isinstance(body, dict) or not part.enabled:
        return None
    kind = _kind_of(body)
    if kind not in {"AdaptiveDialog", "TaskDialog", "AgentDialog"}:
        return None
    return Topic(
        name=part.name,
        display_name=part.display_name or tail_of(part.name),
        body={"kind": kind, **{key: value for key, value in body.items() if key != "mcs.metadata"}},
        file=part.source.file,
    )


def _translations(bundle: Bundle) -> dict[str, dict[str, dict[str, Any]]]:
    """The topics that are told in other languages: `translations/Greeting.pt-BR` is the topic Greeting."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for part in _of("translation", bundle):
        short, _, locale = tail_of(part.name).rpartition(".")
        body = part.source.value
        if short and part.enabled and _kind_of(body) == "AdaptiveDialog":
            topic = f"{part.name.split('.')[0]}.topic.{short}"
            found.setdefault(locale, {})[topic] = {"kind": "AdaptiveDialog", **body}
    return found
