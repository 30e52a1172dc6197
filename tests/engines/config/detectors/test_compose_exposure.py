"""Compose services that show too much."""

from __future__ import annotations

import pytest

from tests.engines.config.files import COMPOSE, judged, lines

HEAD = "services:\n  a:\n    image: x:1\n"


@pytest.mark.parametrize(
    ("port", "fires"),
    [
        ("5432:5432", True),
        ("15432:5432/tcp", True),
        ("0.0.0.0:6379:6379", True),
        ("[::]:6379:6379", True),
        ("${P:-3306}:3306", True),
        ("127.0.0.1:5432:5432", False),
        ("[::1]:5432:5432", False),
        ("5432", False),
        ("5432:80", False),
        ("8080:8080", False),
    ],
)
def test_ports(port: str, fires: bool) -> None:
    """Published on all addresses, by the container's own port."""
    assert lines(HEAD + f"    ports:\n      - '{port}'\n", "CFG-050", COMPOSE) == ([5] if fires else [])


def test_the_long_form_of_ports() -> None:
    """An address of its own keeps it quiet; the change is written out."""
    assert lines(HEAD + "    ports:\n      - {target: 5432, published: 5432, host_ip: 127.0.0.1}\n", "CFG-050", COMPOSE) == []
    (one,) = judged(HEAD + "    ports: ['5432:5432']\n", COMPOSE, "CFG-050")
    assert "127.0.0.1:5432:5432" in one.change.en


def test_build_arguments_hold_secrets_too() -> None:
    """They stay in the image."""
    assert lines(
        "services:\n  a:\n    build:\n      context: .\n      args:\n        API_KEY: Zq81kdPpW4xT90vB\n", "CFG-051", COMPOSE
    ) == [6]


def test_images() -> None:
    """What is built here has no release; defaults of variables count."""
    assert lines(
        "services:\n  a:\n    image: x\n  b:\n    image: y\n    build: .\n  c:\n    image: z:${V}\n  d:\n    image: ${I:-q}\n",
        "CFG-053",
        COMPOSE,
    ) == [3, 10]


def test_files_of_variables_are_asked_of_the_folder() -> None:
    """Only where the file lies beside."""
    found = judged(HEAD + "    env_file:\n      - .env\n      - path: prod.env\n      - .env.sample\n", COMPOSE, "CFG-054")
    assert [one.beside for one in found] == [(".env",), ("prod.env",)]


def test_no_password() -> None:
    """By variable and by option."""
    assert lines(
        HEAD + "    environment: [ALLOW_EMPTY_PASSWORD=yes]\n    command: redis-server --protected-mode no\n",
        "CFG-052",
        COMPOSE,
    ) == [4, 5]
