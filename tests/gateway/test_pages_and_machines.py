import base64

import httpx

from gateway.assembly import OPERATORS
from gateway.chat_token import Allowance
from gateway.context import Gateway
from gateway.conversing import new_claims
from gateway.tokens import Tokens
from settings.login import mint_login
from tests.gateway.serving import SIGNING_KEY, Customer


async def test_the_chat_page_needs_no_secret(http: httpx.AsyncClient) -> None:
    """It gets a token for the agent, and begins a conversation with it."""
    answer = (await http.post("/chat/token", json={"agent": "contoso"})).json()
    customer = Customer(http, answer["conversationId"], answer["token"])
    assert (await customer.call("POST", "conversations")).status_code == 201
    await customer.say("hi")


async def test_the_chat_page_goes_on_after_the_laptop_was_closed(http: httpx.AsyncClient, gateway: Gateway) -> None:
    """A token that expired an hour ago gets a fresh one for the same conversation; a forged one does not."""
    claims = new_claims("contoso")
    an_hour_old = Tokens(SIGNING_KEY, seconds=-3600).issue(claims)
    fresh = await http.post("/chat/token", json={"resume": an_hour_old})
    assert fresh.status_code == 200
    found = gateway.tokens.read(fresh.json()["token"])
    assert (found.conversation, found.user) == (claims.conversation, claims.user)
    too_old = Tokens(SIGNING_KEY, seconds=-200_000).issue(claims)
    forged = Tokens(b"another key, also of thirty-two b", seconds=60).issue(claims)
    for token in (too_old, forged, "x"):
        assert (await http.post("/chat/token", json={"resume": token})).status_code == 403


async def test_other_pages_get_no_token(http: httpx.AsyncClient) -> None:
    """The chat page's tokens are for pages of the same origin, and for agents that exist."""
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await http.post("/chat/token", json={}, headers=headers)).status_code == 403
    own = {"Origin": str(http.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert (await http.post("/chat/token", json={}, headers=own)).status_code == 200
    assert (await http.post("/chat/token", json={"agent": "nobody"})).status_code == 400
    assert (await http.post("/chat/token", content=b"[")).status_code == 400


def test_an_allowance_runs_out_and_refills() -> None:
    """One address may have a burst, then as many as trickle in; another address is not concerned."""
    allowance = Allowance(burst=3, per_second=0.5)
    assert [allowance.take("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert allowance.take("b", 0.0)
    assert not allowance.take("a", 1.0)
    assert allowance.take("a", 3.0)
    assert not allowance.take("a", 3.0)


async def test_a_login_link_works_once_and_stays_here(http: httpx.AsyncClient) -> None:
    """It sets a cookie that no script reads and no other site sends, and never leads elsewhere."""
    link = mint_login(SIGNING_KEY, OPERATORS)
    answer = await http.get(f"/login?token={link}&next=//evil.example")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await http.get(f"/login?token={link}")).status_code == 403


async def test_the_codec_is_for_operators(http: httpx.AsyncClient) -> None:
    """What it encodes it decodes, with the cookie or the bearer; without either it is silent."""
    plain = {
        "metadata": {"encoding": base64.b64encode(b"json/plain").decode()},
        "data": base64.b64encode(b'"x"').decode(),
    }
    assert (await http.post("/codec/encode", json={"payloads": [plain]})).status_code == 401
    await http.get(f"/login?token={mint_login(SIGNING_KEY, OPERATORS)}")
    cookie = http.cookies.pop("baton_operator")
    operator = {"Authorization": f"Bearer {cookie}"}
    sealed = (await http.post("/codec/encode", json={"payloads": [plain]}, headers=operator)).json()
    assert sealed["payloads"][0]["data"] != plain["data"]
    http.cookies.set("baton_operator", cookie)
    assert (await http.post("/codec/decode", json=sealed)).json() == {"payloads": [plain]}
    assert (await http.post("/codec/decode", json={"payloads": 7})).status_code == 400
    damaged = {"payloads": [sealed["payloads"][0] | {"data": "AAAA"}]}
    assert (await http.post("/codec/decode", json=damaged)).status_code == 400


async def test_temporals_page_may_use_the_codec_and_no_other_page(http: httpx.AsyncClient) -> None:
    """Cross-origin it is open to the address of Temporal's own web page, with the operator's cookie."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-namespace"}
    ours = await http.options("/codec/decode", headers={"Origin": "http://127.0.0.1:8233"} | asked)
    assert ours.headers["access-control-allow-credentials"] == "true"
    assert ours.headers["access-control-allow-origin"] == "http://127.0.0.1:8233"
    other = await http.options("/codec/decode", headers={"Origin": "https://evil.example"} | asked)
    assert "access-control-allow-origin" not in other.headers


async def test_machines_find_what_they_ask_for(customer: Customer, http: httpx.AsyncClient) -> None:
    """Alive, ready, and the counters in Prometheus' format."""
    await customer.say("hi")
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    assert (await http.get("/readyz")).json() == {"status": "ready"}
    text = (await http.get("/metrics")).text
    assert "baton_activities_total 1" in text
    assert "baton_open_sockets 0" in text
    assert 'baton_refusals_total{status="404"}' not in text
    assert (await http.get("/desk")).headers["location"] == "http://127.0.0.1:8090/"
    assert (await http.get("/nothing")).headers["content-type"] == "application/problem+json"
    assert 'baton_refusals_total{status="404"} 1' in (await http.get("/metrics")).text
    assert (await http.post("/healthz")).headers["allow"]
