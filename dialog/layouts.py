"""Where the parts of an agent stand in its folder.

Four layouts are written by Microsoft's tools:

| layout | known by | a part's name is |
|---|---|---|
| a workspace of the VS Code extension | `topics/*.mcs.yml`, `settings.mcs.yml` | made of the folder's and the file's |
| a component collection of it | `collection.mcs.yml` | the same |
| an unpacked solution | `botcomponents/<name>/data`, with `botcomponent.xml` beside, and `bots/<bot>/` | the folder's |
| a whole-bot export | `kind: BotDefinition` (`botContent.yml`) | `schemaName` of the component |

A folder with topics in it and none of these marks is read as a workspace that lacks its settings.
"""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from dialog.bundle import Bundle, Part, intended, kind_in
from dialog.problems import Problem
from dialog.solutions import solution_bundles
from dialog.source import Source, read

SUFFIXES = (".mcs.yml", ".mcs.yaml")
_LOOSE = (*SUFFIXES, ".yml", ".yaml")
SETTINGS = ("settings.mcs.yml", "settings.mcs.yaml", "collection.mcs.yml", "collection.mcs.yaml")
UNNAMED = "agent"
"""The schema name of an agent whose folder tells none."""
FOLDERS = {
    "topics": "topic",
    "actions": "action",
    "variables": "globalvariable",
    "entities": "entity",
    "agents": "agent",
    "translations": "translation",
    "knowledge": "knowledge",
    "skills": "skill",
    "trigger": "trigger",
    "settings": "setting",
}
"""A workspace's folders, and what a part is called by."""


def belongs(path: str) -> bool:
    """Whether a file of this name can be part of an agent."""
    parts = PurePosixPath(path).parts
    if any(part.startswith(".") for part in parts):
        return False
    return path.endswith(_LOOSE) or (parts[-1] in {"data", "botcomponent.xml", "bot.xml"}) or path.endswith("bot.json")


def bundles_of(files: Mapping[str, str]) -> tuple[list[Bundle], list[Problem]]:
    """The agents of a folder, and the files that cannot be read."""
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for path, text in sorted(files.items()):
        if path.endswith((".xml", ".json")):
            continue
        source = read(path, text)
        if isinstance(source, Problem):
            problems.append(source)
        elif isinstance(source.value, dict) or path.endswith(SUFFIXES):
            sources[path] = source
    exports = [source for source in sources.values() if _is_export(source)]
    if exports:
        return [_exported(source) for source in exports], problems
    solution = {path: source for path, source in sources.items() if "botcomponents" in PurePosixPath(path).parts}
    if solution:
        return list(solution_bundles(solution, files)), problems
    return [_workspace(sources)], problems


def _is_export(source: Source) -> bool:
    value = source.value
    return (
        isinstance(value, dict) and value.get("kind") == "BotDefinition" and isinstance(value.get("components"), list)
    )


def _exported(source: Source) -> Bundle:
    """A whole bot in one file: `components`, each with its `schemaName`."""
    entity = source.below("entity")
    told = entity.value if isinstance(entity.value, dict) else {}
    parts = [part for number in range(len(source.value["components"])) if (part := _component(source, number))]
    schema_name = str(told.get("schemaName") or (parts[0].name.split(".")[0] if parts else UNNAMED))
    named = next(
        (part.source.value for part in parts if part.kind == "gpt" and isinstance(part.source.value, dict)), {}
    )
    display_name = str(told.get("displayName") or named.get("displayName") or schema_name)
    return Bundle(schema_name, display_name, _language(told), entity, parts, signs_in_first=_signs_in_first(told))


_CONTENT = {
    "DialogComponent": ("topic", "dialog"),
    "GlobalVariableComponent": ("globalvariable", "variable"),
    "CustomEntityComponent": ("entity", "entity"),
    "GptComponent": ("gpt", "metadata"),
    "TranslationsComponent": ("translation", "content"),
}


def _component(source: Source, number: int) -> Part | None:
    component = source.below("components", number)
    if not isinstance(component.value, dict):
        return None
    kind, inside = _CONTENT.get(str(component.value.get("kind")), ("", ""))
    content = component.below(inside)
    if not kind or content.value is None:
        return None
    name = str(component.value.get("schemaName", ""))
    # A translation is named like its topic: `<bot>.topic.Greeting.pt-BR`.
    kind = kind if kind == "translation" else kind_in(name) or kind
    active = component.value.get("state", "Active") == "Active"
    return Part(kind, name, content, str(component.value.get("displayName") or ""), enabled=active)


def _workspace(sources: Mapping[str, Source]) -> Bundle:
    """A folder of the VS Code extension, or of somebody who writes files as it does."""
    found = {path: source for path, source in sources.items() if path in SETTINGS and isinstance(source.value, dict)}
    settings = next(iter(found.values()), None)
    told = settings.value if settings else {}
    agent = next((sources[path].value for path in ("agent.mcs.yml", "agent.mcs.yaml") if path in sources), None)
    agent = agent if isinstance(agent, dict) else {}
    schema_name = str(told.get("schemaName") or UNNAMED)
    display_name = str(told.get("displayName") or told.get("name") or agent.get("displayName") or schema_name)
    parts = [part for path, source in sources.items() if (part := _placed(schema_name, path, source))]
    instructions = str(agent.get("instructions") or "")
    return Bundle(
        schema_name, display_name, _language(told), settings, parts, instructions, signs_in_first=_signs_in_first(told)
    )


def _placed(schema_name: str, path: str, source: Source) -> Part | None:
    """A file of a workspace as a part: its folder says what it is, its content where the folder does not."""
    parts = PurePosixPath(path).parts
    short = _short(parts[-1])
    value = source.value if isinstance(source.value, dict) else {}
    kind = next((FOLDERS[part] for part in reversed(parts[:-1]) if part in FOLDERS), "")
    if parts[-1].startswith("agent.") and kind == "agent":
        kind, short = "agent", parts[-2] if len(parts) > 2 else short
    if not kind and value.get("kind") == "AdaptiveDialog":
        kind = "topic"
    if not kind:
        return None
    return Part(kind, schema_name_of(schema_name, kind, short), source, _display_name(value, source, short))


_ALSO_NAMED = {"globalvariable": ("globalvariablecomponent",), "translation": ("topic",)}
"""What else stands in the names of some kinds of part."""


def schema_name_of(bot: str, kind: str, short: str) -> str:
    """A part's schema name: made from its file's, unless the file's is one already."""
    marked = short.lower().split(".")
    kinds = {kind, *_ALSO_NAMED.get(kind, ())}
    if len(marked) > 2 and marked[1] in kinds:
        return short
    return f"{bot}.{short}" if marked[0] in FOLDERS.values() and len(marked) > 1 else f"{bot}.{kind}.{short}"


def _short(name: str) -> str:
    return next((name.removesuffix(suffix) for suffix in _LOOSE if name.endswith(suffix)), name)


def _display_name(body: Mapping[str, Any], source: Source, short: str) -> str:
    metadata = body.get("mcs.metadata")
    named = metadata.get("componentName") if isinstance(metadata, Mapping) else None
    return str(named or source.title or intended(body) or short)


def _signs_in_first(told: Mapping[str, Any]) -> bool:
    return told.get("authenticationTrigger") == "Always" and told.get("authenticationMode") != "None"


def _language(told: Mapping[str, Any]) -> int:
    language = told.get("language")
    if not isinstance(language, int):
        configuration = told.get("configuration")
        language = configuration.get("primaryLanguage") if isinstance(configuration, Mapping) else None
    return language if isinstance(language, int) else 1033


def one_of(bundles: Iterable[Bundle], schema_name: str) -> Bundle | None:
    """The agent of that name, or the only one."""
    every = list(bundles)
    named = [bundle for bundle in every if bundle.schema_name == schema_name]
    return (named or every)[0] if named or (len(every) == 1 and not schema_name) else None
