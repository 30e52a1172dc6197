"""How far the product may go."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from periderm.model.policy import DEFAULT_POLICY, Policy, PolicyMode, ResponseKind
from tests.strategies import values


def test_alerting_is_the_resting_state() -> None:
    """A policy of which nothing more was said only alerts, kills nothing and answers nothing by itself."""
    for policy in (DEFAULT_POLICY, Policy(id="p", name="p")):
        assert policy.mode is PolicyMode.ALERT
        assert not policy.kill_drift
        assert (policy.kill_executables, policy.on_alert) == ((), {})


def test_names_on_the_wire_are_pinned() -> None:
    """Stored policies keep their meaning."""
    assert [mode.value for mode in PolicyMode] == ["observe", "alert", "enforce"]
    kinds = ["observe", "alert", "kill-at-exec", "kill-process", "pause-container"]
    kinds += ["kill-tree", "kill-container", "isolate-container", "quarantine-file", "capture-forensics"]
    assert [kind.value for kind in ResponseKind] == kinds


@given(values(Policy))
def test_a_policy_survives_the_wire(policy: Policy) -> None:
    """Read back equal, with its map of responses."""
    assert msgspec.json.decode(msgspec.json.encode(policy), type=Policy) == policy


@pytest.mark.parametrize("word", ["kill", "ENFORCE", ""])
def test_an_unknown_mode_is_refused(word: str) -> None:
    """A misspelt mode is an error and never becomes another one."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"type": "policy", "id": "p", "name": "p", "mode": word}, Policy)
