"""Reading the YAML of an agent's files: YAML 1.2, and what the authoring tools write that is not quite YAML.

The traps are those measured over 920 public topics; a line-based pre-pass quotes exactly what they break, and every
value keeps the line and column where it stands.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from dialog.problems import Problem

Path = tuple[str | int, ...]
Place = tuple[int, int]

MAX_DEPTH = 200


@dataclass(frozen=True)
class Source:
    """One file, or a part of it: its value as plain Python, and where each part of it stands, by line and column."""

    file: str
    value: Any
    places: dict[Path, Place] = field(default_factory=dict)
    root: Path = ()
    """Where in the file `value` stands."""
    title: str = ""
    """The name in the comment that tools write above a component: `# Name: Order status`."""

    def below(self, *path: str | int) -> "Source":
        """The part at `path` as a source of its own; nothing where there is none."""
        value = self.value
        for name in path:
            known = isinstance(value, dict) or (isinstance(value, list) and isinstance(name, int) and name < len(value))
            value = (value.get(name) if isinstance(value, dict) else value[name]) if known else None
        return replace(self, value=value, root=(*self.root, *path))

    def problem(self, path: Path, message: str, severity: str = "error") -> Problem:
        """A problem with the part at `path`, or with what encloses it."""
        path = (*self.root, *path)
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return Problem(file=self.file, line=line, column=column, severity=severity, message=message)


def read(file: str, text: str) -> Source | Problem:
    """The content of one file, or why it cannot be read."""
    try:
        root = YAML(typ="rt", pure=True).compose(quoted_where_broken(text.removeprefix("\ufeff")))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Problem(
            file=file, line=line, column=column, message=f"this is no YAML: {error.problem or error.context}"
        )
    except YAMLError as error:
        return Problem(file=file, line=1, column=1, message=f"this is no YAML: {str(error).splitlines()[0]}")
    places: dict[Path, Place] = {}
    title = re.match(r"\ufeff?(?:```\w*\s+)?#\s*Name:\s*(.+)", text)
    try:
        value = None if root is None else _value(root, (), places)
        return Source(file, value, places, title=title[1].strip() if title else "")
    except RecursionError:
        return Problem(file=file, line=1, column=1, message=f"nested more than {MAX_DEPTH} deep")


def _value(node: Node, path: Path, places: dict[Path, Place]) -> Any:
    places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if len(path) > MAX_DEPTH:
        raise RecursionError
    if isinstance(node, MappingNode):
        return {str(key.value): _value(child, (*path, str(key.value)), places) for key, child in node.value}
    if isinstance(node, SequenceNode):
        return [_value(child, (*path, number), places) for number, child in enumerate(node.value)]
    return _scalar(node) if isinstance(node, ScalarNode) else None


def _whole_characters(text: str) -> str:
    r"""JSON is YAML, and writes a character beyond the 65,536th as two escapes: `\ud83d\ude42`. A lone half is none."""
    if text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _scalar(node: ScalarNode) -> Any:
    """YAML 1.2's core schema: only true, false, null and numbers are more than text."""
    text: str = node.value
    if node.style is not None:
        return _whole_characters(text)
    if text in {"true", "True", "TRUE", "false", "False", "FALSE"}:
        return text.lower() == "true"
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text)
    return text


_ENTRY = re.compile(r"^(?P<head>\s*(?:- )*(?P<key>@?[\w.$@-]+):\s+)(?P<value>\S.*?)\s*$")
_AT_KEY = re.compile(r"^(?P<head>\s*(?:- )*)(?P<key>@[\w.]+):(?P<rest>.*)$")
_BLOCK = re.compile(r":\s*[|>][-+0-9]*\s*(#.*)?$")


def quoted_where_broken(text: str) -> str:
    """`text` with quotes around what the authoring tools write and YAML does not read; all else to the letter."""
    lines = _without_wrapping(text.split("\n"))
    fixed: list[str] = []
    block: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if block is not None and (not line.strip() or indent > block):
            fixed.append(line)
            continue
        block = indent if _BLOCK.search(line) else None
        fixed.append(_fixed(line))
    return "\n".join(fixed)


def _without_wrapping(lines: list[str]) -> list[str]:
    """Blank lines for what stands around the YAML: a Markdown fence, and comments as programmers write them."""
    return ["" if line.startswith(("```", "//")) else line for line in lines]


def _fixed(line: str) -> str:
    if match := _AT_KEY.match(line):
        line = f'{match["head"]}"{match["key"]}":{match["rest"]}'
    match = _ENTRY.match(line)
    if not match:
        return line
    value = match["value"]
    if value.startswith("*/") or (value[0] not in "\"'|>{[&!%#" and ": " in value and not value.startswith("- ")):
        return match["head"] + _single_quoted(value)
    if value.startswith('"=') and _has_bare_quotes(value):
        return match["head"] + _single_quoted(value[1:-1])
    return line


def _has_bare_quotes(value: str) -> bool:
    return value.endswith('"') and re.search(r'(?<!\\)"', value[1:-1]) is not None


def _single_quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
