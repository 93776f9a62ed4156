"""`baton up` on a fresh data directory: a conversation from a pipe, a stop, a start, and everything is still there."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from settings.load import load_settings
from tests.support.installation import write_config
from tests.support.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
STARTER = [sys.executable, str(ROOT / "starter.py")]


@contextmanager
def _up(config: Path) -> Iterator[dict[str, str]]:
    """`baton up`, until it has printed its addresses; stopped by SIGTERM."""
    process = subprocess.Popen(
        [*STARTER, "up", "--config", str(config), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stderr
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        yield json.loads(line)
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


def _baton(config: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*STARTER, *arguments, "--config", str(config)],
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _children(what: str) -> list[int]:
    """The processes whose command line has this in it."""
    found = psutil.process_iter(["pid", "cmdline"])
    return [process.info["pid"] for process in found if what in " ".join(process.info["cmdline"] or ())]


@pytest.mark.timeout(300)
def test_everything_goes_on_after_a_stop(tmp_path: Path) -> None:
    """Chat from a pipe, the desk sees it, stop, start, and the conversation goes on where it was."""
    config = write_config(tmp_path)
    with _up(config) as addresses:
        assert "login?token=" in addresses["console"]
        second = _baton(config, "up")
        assert second.returncode == 1
        assert re.fullmatch(r"baton: baton is up already on .*: stop it first.*\n", second.stderr)
        talked = _baton(config, "chat", typed="hi\nmy whole point-of-sale system is down\n")
        assert talked.returncode == 0, talked.stderr
        assert "emergency" in talked.stdout
        assert "place 1 in the queue" in talked.stdout
        conversation = talked.stderr.split()[1]
        (listed,) = json.loads(_baton(config, "list", "--json").stdout)
        assert (listed["id"], listed["phase"]) == (conversation, "queued")
        pid = _children(f"worker.py --data-dir {tmp_path}")[0]
        os.kill(pid, signal.SIGKILL)
        _until(lambda: _children(f"worker.py --data-dir {tmp_path}") not in ([], [pid]))
        assert "emergency" in _baton(config, "transcript", conversation).stdout
    assert _children(str(tmp_path)) == []
    with _up(config):
        shown = json.loads(_baton(config, "show", conversation, "--json").stdout)
        assert shown["phase"] == "queued"
        _accept_and_say(config, conversation)
        assert "Ada: We are on it." in _baton(config, "transcript", conversation).stdout
        assert "representative joined" in _baton(config, "timeline", conversation).stdout
        traced = _baton(config, "timeline", conversation, "--trace")
        assert "TransferConversationV2" in traced.stdout, traced.stderr
        assert "representative joined" in traced.stdout
        assert "phase ended" in _baton(config, "end", conversation).stdout
        history = tmp_path / "history.json"
        assert _baton(config, "export", conversation, "-o", str(history)).returncode == 0
        replayed = _baton(config, "replay", str(history))
        assert "replays" in replayed.stdout, replayed.stderr
        assert "contoso" in _baton(config, "agents").stdout
        unknown = _baton(config, "show", "nobody")
        assert (unknown.returncode, unknown.stderr) == (1, "baton: there is no such conversation\n")


def _accept_and_say(config: Path, conversation: str) -> None:
    settings = load_settings(config)
    token = Path((settings.desk.token or "").removeprefix("file:")).read_text(encoding="utf-8").strip()
    with httpx.Client(
        base_url=f"{settings.desk.url}/api", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
    ) as desk:
        (handoff,) = [found["id"] for found in desk.get("/handoffs").json() if found["conversation"] == conversation]
        ada = {"representative": {"id": "ada", "name": "Ada"}}
        desk.post(f"/handoffs/{handoff}/accept", json=ada).raise_for_status()
        desk.post(f"/handoffs/{handoff}/say", json={"text": "We are on it."}).raise_for_status()

        def delivered() -> bool:
            messages: list[dict[str, Any]] = desk.get(f"/handoffs/{handoff}").json()["messages"]
            return [message["delivery"] for message in messages] == ["delivered"]

        _until(delivered)


def _until(true: Any, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.05)
