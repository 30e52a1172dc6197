"""Signing in by a link that works once."""

from __future__ import annotations

import sqlite3
from urllib.parse import parse_qs, urlsplit

import pytest

from periderm.app.application import Application
from periderm.app.sign_in import LINK_SECONDS, SESSION_SECONDS, digest_of, make_sign_in_link, redeem, sign_out, who_has
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from tests.story import FixedClock


def token_of(link: str) -> str:
    """The token in a link."""
    return parse_qs(urlsplit(link).query)["token"][0]


def test_a_link_works_once(empty: Application) -> None:
    """The second use is refused, with the way to a new link."""
    token = token_of(make_sign_in_link(empty, LOCAL_ADMIN, "ada"))
    who = who_has(empty, redeem(empty, token))
    assert who is not None
    assert who.name == "user:ada"
    assert who.may(Permission.RESPOND)
    assert who.may(Permission.ADMIN)  # only the machine's owner can print it
    assert not who.may(Permission.INGEST)
    assert not who.may(Permission.MACHINE)
    assert not who.may(Permission.INGEST)
    with pytest.raises(DeniedError, match="used already") as refused:
        redeem(empty, token)
    assert "periderm status --link" in refused.value.next_step


def test_a_link_ends_after_ten_minutes(empty: Application, clock: FixedClock) -> None:
    """A link in a scroll-back is worth nothing later."""
    token = token_of(make_sign_in_link(empty, LOCAL_ADMIN))
    clock.sleep(LINK_SECONDS + 1)
    with pytest.raises(DeniedError):
        redeem(empty, token)


def test_a_session_ends(empty: Application, clock: FixedClock) -> None:
    """By time, or at once by signing out."""
    first = redeem(empty, token_of(make_sign_in_link(empty, LOCAL_ADMIN)))
    second = redeem(empty, token_of(make_sign_in_link(empty, LOCAL_ADMIN)))
    sign_out(empty, first)
    assert who_has(empty, first) is None
    assert who_has(empty, second) is not None
    clock.sleep(SESSION_SECONDS + 1)
    assert who_has(empty, second) is None


@pytest.mark.parametrize("secret", ["", "x", "x" * 129, "\x00", "é" * 20, "\ud800"])
def test_guesses_are_refused(empty: Application, secret: str) -> None:
    """Whatever is in the cookie or the link."""
    assert who_has(empty, secret) is None
    with pytest.raises(DeniedError):
        redeem(empty, secret)


def test_the_store_never_sees_a_secret(empty: Application) -> None:
    """Who reads the database cannot sign in with it."""
    token = token_of(make_sign_in_link(empty, LOCAL_ADMIN))
    secret = redeem(empty, token)
    assert len(token) >= 43
    with sqlite3.connect(empty.settings.database) as database:
        everything = "\n".join(database.iterdump())
    database.close()
    assert token not in everything
    assert secret not in everything
    assert digest_of(secret) in everything


def test_only_an_administrator_makes_links(empty: Application) -> None:
    """A session cannot make more sessions."""
    with pytest.raises(DeniedError):
        make_sign_in_link(empty, Principal("user:ada", frozenset({Permission.READ, Permission.RESPOND})))
