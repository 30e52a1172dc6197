"""Children are kept alive, without a restart loop that burns the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from periderm.flow.supervise import Role, Supervisor


class Clock:
    """Moves only when told."""

    def __init__(self) -> None:
        self.time = 10**9

    def now(self) -> int:
        return self.time

    def monotonic(self) -> int:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += int(seconds * 1e9)


class Child:
    """A process whose end is decided by the test."""

    def __init__(self, number: int, *, stubborn: bool = False) -> None:
        self.number = number
        self.status: int | None = None
        self.stubborn = stubborn
        self.calls: list[str] = []

    def pid(self) -> int:
        return self.number

    def poll(self) -> int | None:
        return self.status

    def terminate(self) -> None:
        self.calls.append("terminate")
        if not self.stubborn:
            self.status = -15

    def kill(self) -> None:
        self.calls.append("kill")
        self.status = -9

    def wait(self, timeout: float) -> int | None:
        return self.status


class Processes:
    """Hands out children and remembers them."""

    def __init__(self, *, stubborn: bool = False) -> None:
        self.started: list[tuple[str, Child]] = []
        self.stubborn = stubborn

    def start(self, role: str, arguments: Sequence[str], environment: Mapping[str, str], log: str) -> Child:
        child = Child(len(self.started) + 100, stubborn=self.stubborn)
        self.started.append((role, child))
        return child


def setup(*, stubborn: bool = False) -> tuple[Supervisor, Processes, Clock, list[str]]:
    """A supervisor with all that it works with."""
    processes, clock, told = Processes(stubborn=stubborn), Clock(), list[str]()
    return Supervisor(processes, clock, told.append), processes, clock, told


def test_restarts_what_ends_and_says_so() -> None:
    """A child that is killed comes back at once, alone, and the reader is told how it ended."""
    supervisor, processes, _, told = setup()
    for name in ("server", "agent"):
        supervisor.start(Role(name, (), f"{name}.log"))
    processes.started[1][1].status = -9
    supervisor.check()
    assert [name for name, _ in processes.started] == ["server", "agent", "agent"]
    assert "signal 9" in told[0]
    assert "agent.log" in told[0]
    assert supervisor.pid("agent") == 102


def test_a_crash_loop_slows_down() -> None:
    """A child that always dies is started ever more slowly: fewer than a dozen times in two minutes."""
    supervisor, processes, clock, _ = setup()
    supervisor.start(Role("agent", (), "log"))
    for _ in range(1200):
        clock.sleep(0.1)
        processes.started[-1][1].status = 1
        supervisor.check()
    assert 4 < len(processes.started) < 12


def test_a_minute_of_life_forgives() -> None:
    """After a long life the first restart is immediate again."""
    supervisor, processes, clock, _ = setup()
    supervisor.start(Role("agent", (), "log"))
    for _ in range(3):
        clock.sleep(61)
        processes.started[-1][1].status = 1
        count = len(processes.started)
        supervisor.check()
        assert len(processes.started) == count + 1


def test_stops_in_reverse_and_kills_the_stubborn() -> None:
    """The last started ends first; who does not listen is killed, and named."""
    supervisor, processes, _, _ = setup(stubborn=True)
    for name in ("server", "worker"):
        supervisor.start(Role(name, (), "log"))
    assert supervisor.stop() == ["worker", "server"]
    assert all(child.calls == ["terminate", "kill"] for _, child in processes.started)
    assert supervisor.stop() == []


def test_forget_lets_it_rest() -> None:
    """A role that ended for good is not started again."""
    supervisor, processes, _, _ = setup()
    supervisor.start(Role("worker", (), "log"))
    processes.started[0][1].status = 0
    supervisor.forget("worker")
    supervisor.check()
    assert len(processes.started) == 1
    assert supervisor.pid("worker") == 0
    assert supervisor.status("worker") is None
