"""Each program's heaviest process is told for its own container, and no figure is mixed with another process's."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.flow.sampling import PERIOD_NS, Sampling, samples_of
from periderm.model.resource_sample import ResourceSample
from periderm.ports.resources import ProcessUse
from tests.flow.conftest import CONTAINER, NODE, T0
from tests.flow.test_control import Clock

INSIDE, HOST = 7, 1


def use(pid: int, *, space: int = INSIDE, cpu: float = -1.0, memory: int = -1, program: str = "/bin/app") -> ProcessUse:
    """A process that uses this."""
    return ProcessUse(pid=pid, key=pid << 8, program=program, mount_namespace=space, cpu=cpu, memory=memory)


def test_the_heaviest_is_told_for_each_figure() -> None:
    """One process leads in time, another in memory: two samples, each only with what it leads in."""
    samples = samples_of([use(1, cpu=5.0, memory=10), use(2, cpu=90.0, memory=20), use(3, memory=30)], NODE, [CONTAINER], T0)
    assert {(s.pid, s.cpu, s.memory, s.files) for s in samples} == {(2, 90.0, -1, -1), (3, -1.0, 30, -1)}
    assert {s.subject.id for s in samples} == {CONTAINER.id}


def test_a_process_is_of_the_subject_whose_namespace_it_is_in() -> None:
    """The same program in a container and on the host are two; an unknown namespace is the host's."""
    samples = samples_of([use(1, cpu=1.0), use(2, cpu=1.0, space=HOST), use(3, cpu=9.0, space=99)], NODE, [CONTAINER], T0)
    assert {(s.subject.id, s.pid) for s in samples} == {(CONTAINER.id, 1), (NODE.id, 3)}


def test_a_container_in_the_hosts_namespace_takes_nothing_from_it() -> None:
    """What cannot be told apart stays the host's."""
    shared = type(CONTAINER)(
        id="ctr-2", name="x", container_id="d" * 64, runtime="podman", node_id="node-1", mount_namespace=HOST
    )
    (sample,) = samples_of([use(1, cpu=1.0, space=HOST)], NODE, [shared], T0)
    assert sample.subject is NODE


class Machine:
    """Uses what it always uses."""

    looks = 0

    def look(self) -> Sequence[ProcessUse]:
        self.looks += 1
        return [use(1, cpu=1.0)]


def test_looks_are_far_apart() -> None:
    """However often it is asked, it looks once in a period."""
    machine, clock, given = Machine(), Clock(), list[tuple[ResourceSample, ...]]()
    sampling = Sampling(NODE, machine, given.append, clock)
    sampling.step([CONTAINER])
    sampling.step([CONTAINER])
    assert machine.looks == len(given) == 1
    clock.steady += PERIOD_NS
    sampling.step([CONTAINER])
    assert machine.looks == len(given) == 2
