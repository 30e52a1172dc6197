"""Names that say that a value is a secret."""

from __future__ import annotations

import pytest

from periderm.engines.image.names import ARGUMENT, says_secret


@pytest.mark.parametrize(
    "variable",
    [
        "DB_PASSWORD=t7Kq",
        "API_KEY=abcd",
        "NPM_TOKEN=abcd",
        "AWS_SECRET_ACCESS_KEY=abcd",
        "SECRET_KEY_BASE=abcd",
        "MYSQL_PWD=abcd",
    ],
)
def test_names_of_secrets(variable: str) -> None:
    """Passwords, keys and tokens by their usual names."""
    name, _, value = variable.partition("=")
    assert says_secret(name, value)


@pytest.mark.parametrize(
    "variable",
    [
        "PATH=/usr/bin",
        "GPG_KEY=A035C8C19219BA82",
        "TOKEN_FILE=/run/secrets/token",
        "PASSWORD=",
        "PASSWORD=${DB_PASSWORD}",
        "TOKEN=true",
        "SSH_PUBLIC_KEY=AAAA",
        "SECRET_NAME=shop-db",
        "KEYCLOAK_URL=http://x",
    ],
)
def test_names_of_others(variable: str) -> None:
    """What is public, empty, a place, or a variable of its own."""
    name, _, value = variable.partition("=")
    assert not says_secret(name, value)


def test_arguments_of_builds() -> None:
    """A build argument's value is found in the step that used it."""
    match = ARGUMENT.search("|1 NPM_TOKEN=9f2c7be1d04a8365 /bin/sh -c npm ci")
    assert match is not None
    assert (match["name"], match["value"]) == ("NPM_TOKEN", "9f2c7be1d04a8365")
    assert ARGUMENT.search("ARG NPM_TOKEN") is None
