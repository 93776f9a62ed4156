"""Commands say in one line what is wrong, and end with the status that scripts expect."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.agents import TESTING, write_agent
from tests.support.installation import free_ports, write_config

ROOT = Path(__file__).parents[2]


def _baton(*arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "starter.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        cwd=ROOT,
    )


def test_validate_names_every_mistake(tmp_path: Path) -> None:
    """File, line, column, what is wrong; status 1."""
    broken = TESTING["topics/Goodbye.mcs.yml"].replace("EndConversation", "GotoAction")
    folder = write_agent(tmp_path / "agent", {**TESTING, "topics/Goodbye.mcs.yml": broken})
    found = _baton("validate", str(folder))
    assert found.returncode == 1
    assert "topics/Goodbye.mcs.yml:16:7: GotoAction needs actionId" in found.stdout
    assert "1 error, 0 warnings" in found.stdout
    as_json = json.loads(_baton("validate", str(folder), "--json").stdout)
    assert as_json["valid"] is False
    assert as_json["problems"][0]["line"] == 16


def test_publish_prints_the_version(tmp_path: Path) -> None:
    """The same folder, the same version."""
    folder = write_agent(tmp_path / "agent")
    versions = {
        json.loads(_baton("publish", str(folder), "--data-dir", str(tmp_path / "data"), "--json").stdout)["version"]
        for _ in range(2)
    }
    assert len(versions) == 1


@pytest.mark.parametrize("arguments", [("show",), ("nonsense",), ("list", "--phase", "odd")])
def test_a_wrong_call_is_status_2(arguments: tuple[str, ...]) -> None:
    """As everywhere."""
    assert _baton(*arguments).returncode == 2


def test_without_temporal_a_command_says_so(tmp_path: Path) -> None:
    """In one line, without a traceback."""
    config = write_config(tmp_path)
    (tmp_path / "data" / "keys").mkdir(parents=True)
    missing = _baton("list", "--config", str(config))
    assert missing.returncode == 1
    assert missing.stderr.count("\n") == 1
    assert "baton up" in missing.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """Before anything is started, with the key that moves it."""
    import socket  # noqa: PLC0415 - this test's own need

    config = write_config(tmp_path)
    with socket.create_server(("127.0.0.1", free_ports(1)[0])) as taken:
        port = taken.getsockname()[1]
        refused = _baton("up", "--config", str(config), "--port", str(port))
    assert refused.returncode == 1
    assert refused.stderr == f"baton: port {port} of 127.0.0.1 is taken: choose another by --port, or [gateway] port\n"
    assert not (tmp_path / "data" / "temporal.db").exists()
