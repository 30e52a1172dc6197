"""Settings that change while a process runs."""

from __future__ import annotations

import threading

import pytest

from periderm.app.reloading import Reloading, live_names
from periderm.model.errors import UsageError
from periderm.model.option_list import OPTIONS
from periderm.model.settings import Settings

SETTINGS = Settings(state="/s", cache="/c")


class File:
    """A settings' file in memory."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.mark = 0
        self.wrong = False
        self.fixed: set[str] = set()
        self.outcomes: list[str] = []
        self.told: list[Settings] = []
        self.reloading = Reloading(
            SETTINGS,
            {},
            read=self.read,
            mark=lambda: self.mark,
            fixed=lambda name: name in self.fixed,
            count=self.outcomes.append,
        )
        self.reloading.listen(self.told.append)

    def read(self) -> dict[str, str]:
        """What it says."""
        if self.wrong:
            raise UsageError("line 2 is wrong")
        return self.values

    def write(self, **values: str) -> bool:
        """Say something else; whether anything is taken over."""
        self.values, self.mark = {f"PERIDERM_{k}": v for k, v in values.items()}, self.mark + 1
        return self.reloading.step()


def test_what_can_be_is_taken_over() -> None:
    """Each live setting, in the type of its field; one that is taken out again is as by default."""
    file = File()
    assert not file.reloading.step()
    assert file.write(BUDGET_CPU="20", LOG_LEVEL="debug", METRICS_OPEN="on", HISTORY_DAYS="7")
    new = file.told[-1]
    assert (new.budget_cpu, new.log_level, new.metrics_open, new.history_days) == (20, "debug", True, 7)
    assert file.write(LOG_LEVEL="debug", HISTORY_DAYS="7")
    assert (file.told[-1].budget_cpu, file.told[-1].metrics_open, file.reloading.settings.log_level) == (50, False, "debug")
    assert file.outcomes == ["taken", "taken"]


def test_what_cannot_be_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """And a variable of the environment stays what it is."""
    file = File()
    file.fixed.add("PERIDERM_BUDGET_CPU")
    assert not file.write(PORT="5", BUDGET_CPU="20")
    assert file.told == []
    assert "need a restart: server.port" in caplog.text


def test_a_wrong_file_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It is told, and the next right one counts."""
    file = File()
    file.write(BUDGET_CPU="20")
    file.wrong = True
    assert not file.write(BUDGET_CPU="30")
    assert "line 2 is wrong" in caplog.text
    assert file.reloading.settings.budget_cpu == 20
    file.wrong = False
    assert file.reloading.step(asked=True)
    assert file.reloading.settings.budget_cpu == 30
    assert file.outcomes == ["taken", "refused", "taken"]


def test_it_looks_until_it_is_stopped() -> None:
    """At once when asked, and no more after the stop."""
    file = File()
    taken, stop = threading.Event(), threading.Event()
    file.reloading.listen(lambda _: taken.set())
    thread = threading.Thread(target=file.reloading.run, args=(stop,))
    thread.start()
    file.values, file.mark = {"PERIDERM_BUDGET_CPU": "9"}, 1
    file.reloading.asked.set()
    assert taken.wait(180)
    stop.set()
    file.reloading.asked.set()
    thread.join(180)
    assert not thread.is_alive()


def test_what_is_said_to_be_live_is() -> None:
    """The file's comments, the reference and this agree."""
    assert live_names() == {option.name for option in OPTIONS if option.live}
