"""Loops that begin again."""

from __future__ import annotations

import logging
import threading

import pytest

from periderm.flow import steady
from periderm.flow.steady import Steady, figures, unwell


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was noted before, and nobody waits."""
    monkeypatch.setattr(steady, "_faults", {})
    monkeypatch.setattr(steady, "_last", {})
    monkeypatch.setattr(steady, "FIRST_SECONDS", 0.001)


def told() -> dict[str, float]:
    """What a scraper reads, by loop."""
    (family,) = figures()
    return {dict(sample.labels)["loop"]: sample.value for sample in family.samples}


def test_a_fault_is_said_and_the_loop_begins_again(caplog: pytest.LogCaptureFixture) -> None:
    """With its place in the log, a figure and a word for those who ask whether all is well."""
    stop, calls = threading.Event(), 0

    def loop(_: threading.Event) -> None:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise ZeroDivisionError("a fault of ours")

    with caplog.at_level(logging.ERROR):
        thread = Steady(loop, stop, "sender")
        thread.start()
        thread.join(60)
    assert (calls, thread.is_alive()) == (3, False)
    assert caplog.text.count("a fault in 'sender': it begins again in") == 2
    assert caplog.text.count("ZeroDivisionError: a fault of ours") == 2
    assert (unwell(), told()) == ("sender", {"sender": 2.0})


def test_one_that_ends_is_not_begun_again() -> None:
    """Whether it was told to or had nothing more to do; then all is well."""
    stop, calls = threading.Event(), []
    thread = Steady(calls.append, stop, "x")
    thread.start()
    thread.join(60)
    assert calls == [stop]
    assert (thread.daemon, thread.name, unwell(), told()) == (True, "x", "", {})


def test_a_fault_at_the_end_holds_nobody_up(caplog: pytest.LogCaptureFixture) -> None:
    """Who was told to stop does not begin again."""
    stop = threading.Event()

    def loop(ending: threading.Event) -> None:
        ending.wait(60)
        raise KeyError("late")

    thread = Steady(loop, stop, "late")
    thread.start()
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
    assert "a fault in 'late': it ends" in caplog.text


def test_it_waits_longer_each_time(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Up to a minute: a fault that stays neither burns the processor nor fills the log. Who ran well begins at once."""
    stop, waits = threading.Event(), []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 9

    def loop(_: threading.Event) -> None:
        if len(waits) == 8:
            monkeypatch.setattr(steady, "CALM_SECONDS", 0.0)
        raise OSError("x")

    monkeypatch.setattr(steady, "FIRST_SECONDS", 1.0)
    monkeypatch.setattr(stop, "wait", wait)
    thread = Steady(loop, stop, "ill")
    thread.start()
    thread.join(60)
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 1.0]
