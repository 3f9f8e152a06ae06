"""Who may ask: accounts, sessions, forgery, keys, rates."""

import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from contracts.errors import Reason, RequestError
from contracts.messages import now
from contracts.settings import GatewaySettings, Settings
from gateway.app import build_app
from gateway.cookies import SESSION
from gateway.services import accounts, keys
from storage.models import ApiKey, AuditEntry, Session, User
from storage.s3 import S3Store
from tests.conftest import OpenBus
from tests.integration.gateway.callers import PASSWORD, Caller, Served


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def csrf_of(browser: aiohttp.ClientSession, url: str) -> str:
    async with browser.get(url) as answer:
        found = re.search(r'name="csrf_token" value="([^"]+)"', await answer.text())
    assert found is not None, f"no form with a token at {url}"
    return found[1]


async def log_in(browser: aiohttp.ClientSession, served: Served, caller: Caller) -> None:
    form = {
        "email": caller.user.email,
        "password": PASSWORD,
        "csrf_token": await csrf_of(browser, f"{served.url}/login"),
    }
    async with browser.post(f"{served.url}/login", data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()


async def test_signing_up_needs_an_address_and_a_long_password(
    gateway_settings: Settings, database: None
) -> None:
    with pytest.raises(RequestError) as short:
        await accounts.sign_up(gateway_settings, "ann@example.com", "123456789")
    assert short.value.detail["errors"][0]["field"] == "password"
    with pytest.raises(RequestError) as wrong:
        await accounts.sign_up(gateway_settings, "ann at example", PASSWORD)
    assert wrong.value.detail["errors"][0]["field"] == "email"
    user = await accounts.sign_up(gateway_settings, "Ann@Example.com", PASSWORD)
    assert (user.email, user.tier_id) == ("ann@example.com", "free")
    assert PASSWORD not in (user.password_hash or "")
    with pytest.raises(RequestError) as taken:
        await accounts.sign_up(gateway_settings, "ann@example.com", PASSWORD)
    assert taken.value.reason is Reason.EMAIL_TAKEN


async def test_an_unknown_address_is_answered_like_a_wrong_password(
    gateway_settings: Settings, caller: Caller
) -> None:
    answers = []
    for email in (caller.user.email, "nobody@example.com"):
        with pytest.raises(RequestError) as caught:
            await accounts.log_in(gateway_settings, email, "wrong password")
        answers.append(caught.value.failure)
    assert answers[0] == answers[1]
    assert answers[0].reason is Reason.WRONG_CREDENTIALS


async def test_too_many_failures_from_an_address_stop_even_the_right_password(
    gateway_settings: Settings, caller: Caller
) -> None:
    for _ in range(gateway_settings.gateway.login_attempts):
        with pytest.raises(RequestError):
            await accounts.log_in(gateway_settings, caller.user.email, "wrong password", "192.0.2.7")
    with pytest.raises(RequestError) as caught:
        await accounts.log_in(gateway_settings, caller.user.email, PASSWORD, "192.0.2.7")
    assert caught.value.reason is Reason.RATE_LIMIT
    other = await accounts.log_in(gateway_settings, caller.user.email, PASSWORD, "192.0.2.8")
    assert other.id == caller.user.id


async def test_a_session_is_stored_hashed_and_ends(gateway_settings: Settings, caller: Caller) -> None:
    opened = await accounts.open_session(gateway_settings, caller.user)
    row = await Session.get(user_id=caller.user.id)
    assert opened.token not in (row.token_hash, row.csrf_token)
    found = await accounts.principal_of_session(opened.token)
    assert found is not None
    assert found.user_id == caller.user.id
    await Session.all().update(expires_at=now() - timedelta(seconds=1))
    assert await accounts.principal_of_session(opened.token) is None


async def test_logging_in_again_ends_the_session_before(gateway_settings: Settings, caller: Caller) -> None:
    first = await accounts.open_session(gateway_settings, caller.user)
    second = await accounts.open_session(gateway_settings, caller.user, previous=first.token)
    assert await accounts.principal_of_session(first.token) is None
    assert await accounts.principal_of_session(second.token) is not None


async def test_log_in_by_the_page_and_use_the_api_with_its_token(
    served: Served, caller: Caller, browser: aiohttp.ClientSession
) -> None:
    await log_in(browser, served, caller)
    cookie = next(cookie for cookie in browser.cookie_jar if cookie.key == SESSION)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    async with browser.get(caller.at("/me")) as answer:
        assert (await answer.json())["email"] == caller.user.email
    async with browser.post(caller.at("/keys"), json={"name": "script"}) as answer:
        assert answer.status == 403
        assert (await answer.json())["reason"] == "csrf"
    token = (await Session.get(user_id=caller.user.id)).csrf_token
    async with browser.post(
        caller.at("/keys"), json={"name": "script"}, headers={"X-CSRF-Token": token}
    ) as answer:
        assert answer.status == 201


async def test_a_form_without_its_token_is_refused(
    served: Served, caller: Caller, browser: aiohttp.ClientSession
) -> None:
    form = {"email": caller.user.email, "password": PASSWORD}
    async with browser.post(f"{served.url}/login", data=form) as answer:
        assert answer.status == 403
    wrong = {**form, "csrf_token": "x" * len(await csrf_of(browser, f"{served.url}/login"))}
    async with browser.post(f"{served.url}/login", data=wrong) as answer:
        assert answer.status == 403
    assert await Session.all().count() == 0


async def test_keys_are_shown_once_stored_hashed_and_can_be_revoked(caller: Caller) -> None:
    made = await caller.call("POST", "/keys", 201, json={"name": "ci"})
    row = await ApiKey.get(id=made["id"])
    assert made["key"].startswith(f"vsg_{row.prefix}_")
    assert made["key"] not in (row.key_hash, row.prefix)
    assert "key" not in (await caller.call("GET", "/keys"))[0]
    headers = {"Authorization": f"Bearer {made['key']}"}
    await caller.call("GET", "/me", headers=headers)
    assert (await ApiKey.get(id=made["id"])).last_used_at is not None
    await caller.call("DELETE", f"/keys/{made['id']}", 204)
    problem = await caller.call("GET", "/me", 401, headers=headers)
    assert problem["reason"] == "unauthenticated"


async def test_a_key_with_one_letter_changed_is_no_key(caller: Caller) -> None:
    _, text = await keys.create_key(caller.user, "x")
    changed = text[:-1] + ("0" if text[-1] != "0" else "1")
    assert await keys.principal_of_key(changed) is None
    assert await keys.principal_of_key("vsg") is None
    assert await keys.principal_of_key(text) is not None


async def test_other_users_keys_cannot_be_revoked(caller: Caller, stranger: Caller) -> None:
    mine = (await caller.call("GET", "/keys"))[0]
    await stranger.call("DELETE", f"/keys/{mine['id']}", 404)
    await caller.call("GET", "/me")


async def test_without_a_key_there_is_no_answer(served: Served) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{served.url}/api/v1/jobs") as answer:
        assert answer.status == 401
        assert answer.content_type == "application/problem+json"
        assert "WWW-Authenticate" in answer.headers


async def test_every_answer_bears_what_keeps_browsers_safe(caller: Caller) -> None:
    for path in ("/me", "/nothing-here"):
        async with caller.session.get(caller.at(path)) as answer:
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Request-ID"]
            assert int(answer.headers["RateLimit-Remaining"]) > 0


async def test_a_body_that_is_too_large_is_refused(caller: Caller) -> None:
    problem = await caller.call("POST", "/keys", 413, data=io.BytesIO(b" " * (2**20 + 1)))
    assert problem["reason"] == "size-limit"


async def test_who_asks_too_often_is_told_when_to_go_on(
    settings: Settings, database: None, store: S3Store, bus: OpenBus
) -> None:
    limited = settings.model_copy(update={"gateway": GatewaySettings(rate_per_minute=2)})
    user = await accounts.register("ann@example.com", None, "free")
    _, key = await keys.create_key(user, "tests")
    runner = web.AppRunner(build_app(limited, store, await bus("gateway")), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v1/me"
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as session:
            statuses = []
            for _ in range(3):
                async with session.get(url) as answer:
                    statuses.append(answer.status)
            assert statuses == [200, 200, 429]
            assert 1 <= int(answer.headers["Retry-After"]) <= 30
    finally:
        await runner.cleanup()


async def test_deeds_are_noted(caller: Caller) -> None:
    await caller.call("POST", "/keys", 201, json={"name": "ci"})
    actions = await AuditEntry.filter(user_id=caller.user.id).values_list("action", flat=True)
    assert "key.create" in actions
    assert await User.all().count() == 1
