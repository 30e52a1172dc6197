"""Who is calling."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import Response

from periderm.app.application import Application
from periderm.app.sign_in import make_sign_in_link, redeem
from periderm.model.principal import LOCAL_ADMIN, Permission
from periderm.server.callers import SERVICE, Callers
from periderm.server.problems import SignedOutError


def request(**headers: str) -> Request:
    """A request with headers."""
    return Request({"type": "http", "headers": [(k.encode(), v.encode()) for k, v in headers.items()]})


def test_the_service_token_is_compared_whole(empty: Application) -> None:
    """A prefix, another case, nothing: all refused."""
    callers = Callers(empty, "secret")
    assert callers.caller(request(authorization="Bearer secret")) is SERVICE
    for wrong in ("Bearer secre", "Bearer Secret", "Bearer ", "Bearer é"):
        with pytest.raises(SignedOutError):
            callers.caller(request(authorization=wrong))


def test_no_token_lets_nobody_in(empty: Application) -> None:
    """An empty token is not a password."""
    with pytest.raises(SignedOutError):
        Callers(empty, "").caller(request(authorization="Bearer "))


def test_a_cookie_names_a_person(empty: Application) -> None:
    """Under a name that is this port's own."""
    callers = Callers(empty, "secret")
    secret = redeem(empty, make_sign_in_link(empty, LOCAL_ADMIN, "ada").partition("token=")[2])
    who = callers.caller(request(cookie=f"periderm_8843={secret}"))
    assert who.name == "user:ada"
    with pytest.raises(SignedOutError):
        callers.caller(request(cookie=f"periderm_9999={secret}"))
    with pytest.raises(SignedOutError):
        callers.caller(request())


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(empty: Application) -> None:
    """HttpOnly, SameSite=Strict, and it ends."""
    response = Response()
    Callers(empty, "secret").set_cookie(response, "value")
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "max-age=43200" in cookie


def test_our_own_processes_may_not_respond() -> None:
    """A stolen service token cannot kill or pause anything."""
    assert SERVICE.permissions == {Permission.READ, Permission.INGEST}
