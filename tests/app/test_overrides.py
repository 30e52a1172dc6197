"""What was set in the console, and which of it counts."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.app.overrides import counting, locked, parse, usable, written
from periderm.model.errors import UsageError
from periderm.model.option_list import OPTIONS
from periderm.model.override import Override

CPU = Override(name="agent.budget_cpu", value="20", by="user:eve", at=5)
LEVEL = Override(name="log.level", value="debug", before="info", by="user:eve", at=6)


def test_it_is_read_as_it_was_written() -> None:
    """In the order of names; nothing is nothing."""
    assert parse(None) == ()
    assert parse(written([LEVEL, CPU])) == (CPU, LEVEL)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"settings":[{"name":1}]}', b"\xff", b"[" * 100_000])
def test_what_is_broken_is_told(data: bytes) -> None:
    """Nobody knows what is missing from it: an exemption, say. So nothing goes on as if there were none."""
    with pytest.raises(UsageError) as told:
        parse(data)
    assert "remove it" in told.value.next_step


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_else(data: bytes) -> None:
    """Whatever lies there."""
    with contextlib.suppress(UsageError):
        parse(data)


def test_the_environment_and_the_file_go_before() -> None:
    """Also where the file says nothing by an empty value; an empty variable says nothing."""
    both = (CPU, LEVEL)
    assert counting(both, {}, {}) == {"PERIDERM_BUDGET_CPU": "20", "PERIDERM_LOG_LEVEL": "debug"}
    assert counting(both, {"PERIDERM_LOG_LEVEL": "error"}, {}) == {"PERIDERM_BUDGET_CPU": "20"}
    assert counting(both, {"PERIDERM_LOG_LEVEL": ""}, {"PERIDERM_BUDGET_CPU": ""}) == {"PERIDERM_LOG_LEVEL": "debug"}


def test_where_settings_are_locked_nothing_counts() -> None:
    """By the file or the environment; the environment goes before, here too."""
    for environment, file, expected in (
        ({}, {}, False),
        ({}, {"PERIDERM_SETTINGS_LOCKED": "on"}, True),
        ({"PERIDERM_SETTINGS_LOCKED": "on"}, {}, True),
        ({"PERIDERM_SETTINGS_LOCKED": "off"}, {"PERIDERM_SETTINGS_LOCKED": "on"}, False),
    ):
        assert locked(environment, file) is expected
        assert counting((CPU,), environment, file) == ({} if expected else {"PERIDERM_BUDGET_CPU": "20"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("no.such", "1"),
        ("agent.budget_cpu", "a lot"),
        ("server.listen", "0.0.0.0:1"),
        ("server.settings_locked", "off"),
        ("metrics.open", "on"),
        ("agent.content", "off"),
    ],
)
def test_what_the_console_may_never_say_does_not_count(name: str, value: str) -> None:
    """Whoever writes it into that file: doors, TLS, who may look, what is watched, the lock itself."""
    one = Override(name=name, value=value)
    assert not usable(one)
    assert counting((one,), {}, {}) == {}


def test_nothing_that_lets_somebody_in_is_the_console_s() -> None:
    """Sections of doors and of the own authority, paths and the rules' keys."""
    theirs = {option.name for option in OPTIONS if option.console}
    assert theirs
    for option in OPTIONS:
        if option.section in ("server", "paths", "rules", "metrics") or "tls" in option.key or "token" in option.key:
            assert option.name not in theirs
    assert not theirs & {"agent.server", "agent.content", "agent.baselines", "agent.known_bpf", "history.on", "history.share"}
    assert not theirs & {"registry.insecure", "registry.realms", "registry.redirects", "registry.ca_file", "traces.endpoint"}
