import asyncio
import shutil
import subprocess
import tempfile
from pathlib import Path

import httpx
import orjson
import pytest

from tests.gateway.serving import SECRET

PACKAGES = ("botframework-directlinejs@0.15.8", "ws@8", "xhr2@0.2")
SCRIPT = Path(__file__).with_name("directlinejs.cjs")
CACHE = Path(tempfile.gettempdir()) / "baton-directlinejs"


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder in which the npm packages are installed, once a machine."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    if not (CACHE / "installed").exists():
        CACHE.mkdir(exist_ok=True)
        (CACHE / "package.json").write_text('{"private": true}')
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(CACHE), *PACKAGES]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        if done.returncode:
            pytest.skip(f"npm cannot install {PACKAGES[0]}: {done.stderr.strip().splitlines()[-1:]}")
        (CACHE / "installed").touch()
    return CACHE


async def test_the_unmodified_npm_client_holds_a_conversation(packages: Path, http: httpx.AsyncClient) -> None:
    """It starts, hears the greeting, talks, loses its stream, reconnects by watermark, and has everything once."""
    node = shutil.which("node") or "node"
    process = await asyncio.create_subprocess_exec(
        node,
        str(SCRIPT),
        str(http.base_url).rstrip("/"),
        SECRET,
        str(packages),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, problems = await asyncio.wait_for(process.communicate(), 90)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, problems.decode()
    found = orjson.loads(out)
    assert [each["text"] for each in found["heard"]] == [
        "Hello!",
        "hello from node",
        "You said: hello from node",
        "said while the stream was down",
        "You said: said while the stream was down",
        "and after",
        "You said: and after",
    ]
    assert found["ids"] == [found["heard"][place]["id"] for place in (1, 3, 5)]
    assert found["sockets"] == 2
    assert "ExpiredToken" not in found["statuses"]
