"""The store of published agents: immutable versions named by their content, and which of them is the current one.

`<root>/<agent>/<version>.json` is a version, `<root>/<agent>/current` names the current. Every worker and gateway of an
installation reads the same root, or a copy that is kept up to date.
"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from dialog.definition import AgentDefinition
from dialog.layouts import SETTINGS, belongs
from dialog.loader import load_agent
from dialog.problems import Problem
from dialog.published import from_bytes, to_bytes, version_of
from protocol.models import Owned

MAX_FILE = 8 * 1024 * 1024
"""Bytes of one authored file; a whole-bot export is one file."""
MAX_FILES = 2_000


class VersionMissingError(Exception):
    """This store lacks a version, or the agent altogether; the message says which, and what to do."""


class NotPublishableError(Exception):
    """The agent's folder has mistakes; `problems` are all of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Published(Owned):
    """What publishing came to."""

    version: str
    new: bool
    """False where the same content was published before."""
    problems: tuple[Problem, ...] = ()
    """Warnings, and the errors that it was published with."""


class PublishedVersion(Owned):
    """One version in the store."""

    version: str
    published_at: datetime
    current: bool


class AgentVersions:
    """The published agents below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._loaded: dict[tuple[str, str], AgentDefinition] = {}

    def publish(self, name: str, folder: Path, schema_name: str = "", *, with_errors: bool = False) -> Published:
        """Compile the agent in `folder`, keep it under its version, and make that the current one.

        Of a folder with several agents it is the one that is called `schema_name`. With `with_errors`, what loads is
        published in spite of errors: they show when a conversation reaches them.

        Raises:
            NotPublishableError: the folder has mistakes, or no agent at all.
        """
        loaded = load_agent(read_folder(folder), schema_name)
        if loaded.definition is None or (loaded.errors and not with_errors):
            raise NotPublishableError(loaded.problems)
        # Learning takes longer than loading may: it is done once, here.
        learnt = loaded.definition.recognizer().learnt
        content = to_bytes(loaded.definition.model_copy(update={"learnt": learnt}))
        version = version_of(content)
        path = self._path(name, version)
        new = not path.exists()
        if new:
            _write(path, content)
        _write(self._root / name / "current", version.encode())
        return Published(version=version, new=new, problems=loaded.problems)

    def current(self, name: str) -> str:
        """The version of `name` that new conversations get.

        Raises:
            VersionMissingError: no such agent is published.
        """
        try:
            return (self._root / name / "current").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            message = f'no agent "{name}" is published here: baton publish DIR --name {name}'
            raise VersionMissingError(message) from None

    def versions(self, name: str) -> list[PublishedVersion]:
        """All versions of `name`, the newest first."""
        current = self.current(name)
        found = [
            PublishedVersion(
                version=path.stem,
                published_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
                current=path.stem == current,
            )
            for path in (self._root / name).glob("*.json")
        ]
        return sorted(found, key=lambda version: version.published_at, reverse=True)

    def names(self) -> list[str]:
        """The agents that have a current version."""
        return sorted(path.parent.name for path in self._root.glob("*/current"))

    def load(self, name: str, version: str) -> AgentDefinition:
        """The agent `name` under `version`; read once, and the same object ever after.

        Raises:
            VersionMissingError: this store does not have it.
        """
        known = self._loaded.get((name, version))
        if known is None:
            known = self._loaded[name, version] = self._read(name, version)
        return known

    def _read(self, name: str, version: str) -> AgentDefinition:
        try:
            return from_bytes(self._path(name, version).read_bytes())
        except FileNotFoundError:
            raise VersionMissingError(
                f'version {version} of agent "{name}" is not here: publish it, or copy it into {self._root / name}'
            ) from None

    def _path(self, name: str, version: str) -> Path:
        return self._root / name / f"{version}.json"


def read_folder(folder: Path) -> dict[str, str]:
    """The authored files of an agent's folder, and of the component collections that it refers to, by path."""
    files = _read_below(folder, folder)
    for name in _COLLECTION.findall(files.get("references.mcs.yml", "")):
        collection = folder / name.strip("\"' ")
        # A collection stands beside the agent, and nowhere else.
        if collection.is_dir() and collection.resolve().parent == folder.resolve().parent:
            found = _read_below(collection, folder.parent)
            files.update({f"../{path}": text for path, text in found.items() if not path.endswith(SETTINGS)})
    return files


_COLLECTION = re.compile(r"^\s*-?\s*directory:\s*(\S.*?)\s*$", re.MULTILINE)


def _read_below(folder: Path, root: Path) -> dict[str, str]:
    files: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if belongs(path.relative_to(folder).as_posix()) and path.is_file() and len(files) < MAX_FILES:
            files[path.relative_to(root).as_posix()] = path.read_bytes()[:MAX_FILE].decode(
                "utf-8-sig", errors="replace"
            )
    return files


def _write(path: Path, content: bytes) -> None:
    """All or nothing, and there after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
