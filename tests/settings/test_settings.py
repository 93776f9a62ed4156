"""A configuration that is wrong is told in one line that says what to write instead."""

import stat
from pathlib import Path

import pytest

from settings.cipher import Cipher, CipherError, new_key
from settings.hubs import CustomHubSettings
from settings.keys import make_missing
from settings.load import SettingsError, load_settings
from settings.secrets import SecretError, resolve

HUB = '[hubs.support]\nurl = "http://hub"\ntoken = "env:T"\nwebhook_secret = "env:W"\n'
DYNAMICS = """
[hubs.dynamics]
kind = "dynamics365"
tenant = "t"
client_id = "c"
client_secret = "env:S"
[hubs.dynamics.messaging]
url = "https://m"
organization = "o"
"""


def _load(folder: Path, text: str, **environ: str) -> object:
    config = folder / "baton.toml"
    config.write_text(text, encoding="utf-8")
    return load_settings(config, environ=environ)


def test_without_any_configuration_there_is_an_agent_a_desk_and_a_route(tmp_path: Path) -> None:
    """`make run` needs nothing."""
    settings = load_settings(None, tmp_path, environ={})
    assert list(settings.agents) == ["contoso"]
    assert ((settings.agents["contoso"].path or tmp_path) / "settings.mcs.yml").exists()
    desk = settings.hubs["desk"]
    assert isinstance(desk, CustomHubSettings)
    assert desk.url == settings.desk.url
    assert [route.hub for route in settings.routes] == ["desk"]


AGENT = '[agents.a]\npath = "a"\n'
TENANT = '[microsoft]\ntenant = "t"\nclient_id = "c"\nclient_secret = "env:S"\n'
OMNICHANNEL = '[hubs.d]\nkind = "dynamics365"\ntenant = "t"\nclient_id = "c"\nclient_secret = "env:S"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[gatway]\nport = 1", 'no key "gatway"; did you mean "gateway"'),
        ("[gateway]\nprot = 1", 'no key "gateway.prot"; did you mean "port"'),
        ("[gateway]\nport = 99999", '"gateway.port"'),
        ("[gateway", "no TOML"),
        (HUB.replace("env:T", "hunter2"), "is a secret: write where it is"),
        (HUB.replace('token = "env:T"\n', ""), 'the key "hubs.support.token" is missing'),
        (HUB + '[[routes]]\nhub = "suport"', '[hubs] has no connection "suport"; did you mean "support"?'),
        (HUB + '[[routes]]\nhub = "support"\nfallback = ["supprt/vip"]', 'did you mean "support"?'),
        (HUB + '[[routes]]\nhub = "support"\nwhen = "Severity ="', "is no Power Fx"),
        (HUB + '[[routes]]\nhub = "support"\npriority = 9', "a priority is from 1 to 5"),
        (HUB + '[[routes]]\nhub = "support"\nhours = { hours = { mo = "9-5" } }', "are no hours"),
        (DYNAMICS + 'channel = "c"\nzon = "crm4"', 'no key "hubs.dynamics.messaging.zon"; did you mean "zone"'),
        (DYNAMICS, 'the key "hubs.dynamics.messaging.channel" is missing'),
        ('[desk.queues.x]\ntimezone = "Mars/X"', 'no time zone "Mars/X"'),
        ('[desk.queues.x]\nhours = { monday = "open" }', "are no hours"),
        (f"{AGENT}[agents.a.connection]\nmend = true", "needs [microsoft]: the tenant"),
        (f'{AGENT}{TENANT}[agents.a.connection]\nqueue = "general"', "agents.a.connection.queue"),
        (
            f'{AGENT}{TENANT}{OMNICHANNEL}[agents.a.connection]\nhub = "dynamic"',
            "is no connection of kind dynamics365: d",
        ),
        (f'{AGENT}{TENANT}{OMNICHANNEL}inside.agent = "b"\n[agents.a.connection]\nhub = "d"', 'is that of agent "b"'),
        (f'{OMNICHANNEL}[[routes]]\nhub = "d"', "neither [messaging] nor [inside]"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    """With the key, and what to do; a secret that was written in clear is not repeated."""
    with pytest.raises(SettingsError) as mistake:
        _load(tmp_path, text)
    assert said in str(mistake.value)
    assert "hunter2" not in str(mistake.value)


def test_a_sign_in_page_is_configured_for_each_agent(tmp_path: Path) -> None:
    """Its link is an address."""
    agent = '[agents.a]\npath = "a"\n[agents.a.signin]\n'
    text = agent + 'connection = "id"\nlink = "https://login/{conversation}"\nredeem = "env:R"\n'
    (tmp_path / "baton.toml").write_text(text, encoding="utf-8")
    signin = load_settings(tmp_path / "baton.toml", environ={}).agents["a"].signin
    assert (signin.connection, signin.link, signin.redeem) == ("id", "https://login/{conversation}", "env:R")
    with pytest.raises(SettingsError, match="begins with https"):
        _load(tmp_path, f'{agent}link = "javascript:alert(1)"\n')


def test_the_environment_is_above_the_file(tmp_path: Path) -> None:
    """Every key has a name there."""
    settings = _load(tmp_path, "[gateway]\nport = 9000", BATON_GATEWAY__PORT="9001")
    assert settings.gateway.port == 9001  # type: ignore[attr-defined]
    with pytest.raises(SettingsError, match="is no table"):
        _load(tmp_path, 'data_dir = "x"', BATON_DATA_DIR__X="1")


def test_paths_are_meant_from_where_the_file_is(tmp_path: Path) -> None:
    """Wherever `baton` is called."""
    settings = _load(tmp_path, 'data_dir = "data"\n[agents.a]\npath = "agent"')
    assert settings.data_dir == tmp_path / "data"  # type: ignore[attr-defined]
    assert settings.agents["a"].path == tmp_path / "agent"  # type: ignore[attr-defined]


def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    """A second start finds the first one's."""
    settings = load_settings(None, tmp_path, environ={})
    make_missing(settings)
    made = {path: path.read_text(encoding="utf-8") for path in (tmp_path / "keys").rglob("*") if path.is_file()}
    make_missing(settings)
    assert len(made) == 5
    for path, text in made.items():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text(encoding="utf-8") == text


def test_a_secret_that_is_not_there_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The reference, never a value."""
    monkeypatch.setenv("EMPTY", " ")
    for reference in ("env:NOWHERE", "env:EMPTY", f"file:{tmp_path}/nowhere"):
        with pytest.raises(SecretError, match=r"set|read"):
            resolve(reference)
    with pytest.raises(SecretError) as unread:
        resolve("hunter2")
    assert "hunter2" not in str(unread.value)


def test_a_changed_key_still_reads_what_the_old_one_wrote() -> None:
    """The first encrypts, all decrypt; without the old one the error says which is missing."""
    old, new = new_key(), new_key()
    sealed = Cipher.from_base64([old]).seal(b"words")
    assert Cipher.from_base64([new, old]).open(sealed) == b"words"
    with pytest.raises(CipherError, match="does not have"):
        Cipher.from_base64([new]).open(sealed)
    with pytest.raises(CipherError, match="damaged"):
        Cipher.from_base64([old]).open(sealed[:-1] + b"x")
    with pytest.raises(CipherError, match="32 bytes"):
        Cipher.from_base64(["short"])
