"""Which web sites may call, and that CORS says exactly that."""

from __future__ import annotations

import httpx
import pytest

from bot.channels.origins import Origins
from tests.channels.conftest import ORIGIN, FakeAgent, FakeTickets

FOREIGN = (
    "https://evil.example", "http://www.gov.example", "https://www.gov.example.evil.example", "https://gov.example",
    "https://www.gov.example:444", "https://wwwxgov.example", "null", "https://", "file://", "https://www.gov.example/x",
)  # fmt: skip
ENDPOINTS = [("POST", "session"), ("POST", "messages"), ("POST", "tickets"), ("POST", "feedback"), ("POST", "received"),
             ("GET", "suggestions?q=x"), ("GET", "hot"), ("GET", "events")]  # fmt: skip


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_foreign_origins_are_refused(
    client: httpx.Client, agent: FakeAgent, tickets: FakeTickets, origin: str, method: str, path: str
) -> None:
    response = client.request(method, f"/webhooks/web/{path}", headers={"Origin": origin}, content="{}")
    assert response.status_code == 403 and response.json()["error"] == "foreign_origin"
    assert "access-control-allow-origin" not in response.headers
    assert not agent.seen and not tickets.stored


@pytest.mark.parametrize("origin", [ORIGIN, "https://WWW.gov.example"])
def test_a_listed_origin_may_call(client: httpx.Client, origin: str) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = client.options("/webhooks/web/messages", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == origin
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in preflight.headers
    response = client.post("/webhooks/web/session", content="{}", headers={"Origin": origin})
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == origin and response.headers["vary"] == "Origin"


def test_a_refusal_can_be_read_by_a_listed_page(client: httpx.Client) -> None:
    for path in ("messages", "nothing"):
        response = client.post(f"/webhooks/web/{path}", content="{}", headers={"Origin": ORIGIN})
        assert response.status_code in (401, 404)
        assert response.headers["access-control-allow-origin"] == ORIGIN


def test_the_servers_own_pages_may_call(client: httpx.Client) -> None:
    own = str(client.base_url).rstrip("/")
    assert client.post("/webhooks/web/session", content="{}", headers={"Origin": own}).status_code == 200
    assert client.post("/webhooks/web/session", content="{}").status_code == 200


def test_the_rest_channel_answers_but_lets_no_foreign_page_read(client: httpx.Client) -> None:
    body = {"sender": "s", "message": "问"}
    foreign = client.post("/webhooks/rest/webhook", json=body, headers={"Origin": FOREIGN[0]})
    assert foreign.status_code == 200 and "access-control-allow-origin" not in foreign.headers
    asked = {"Origin": FOREIGN[0], "Access-Control-Request-Method": "POST"}
    assert client.options("/webhooks/rest/webhook", headers=asked).status_code == 403
    listed = client.post("/webhooks/rest/webhook", json=body, headers={"Origin": ORIGIN})
    assert listed.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("path", ["/", "/widget.js", "/webhooks/web/hot", "/webhooks/rest/", "/nothing"])
def test_every_response_is_hardened(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"] and headers["cache-control"]


def test_default_ports_are_the_same_origin() -> None:
    origins = Origins([])
    assert origins.allows("https://a.cn", "a.cn:443") and origins.allows("https://a.cn:443", "A.cn")
    assert not origins.allows("https://a.cn", "a.cn:8443") and not origins.allows("https://b.cn", "a.cn")
    assert not origins.allows("https://a.cn:x", "a.cn") and not origins.allows("", "")
