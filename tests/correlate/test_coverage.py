"""What the product does not know or see is said."""

from __future__ import annotations

import pytest

from periderm.correlate.coverage import full_baseline_gap, ownership_gap, scan_gap, silent_sensors, unscanned_gap
from periderm.model.asset import Container, Image, Node, Ownership, User
from periderm.model.baseline import Baseline, Entry, Evidence
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.envelope import Heartbeat, ScanResult
from periderm.model.gap import GapKind
from periderm.model.image import ImageConfig, ImageInventory, OsRelease


def container(*, running: bool = True, ownership: Ownership = Ownership()) -> Container:  # noqa: B008 -- frozen
    """A container."""
    return Container(
        id="ctr-1", name="web", container_id="c" * 64, runtime="podman", node_id="n", running=running, ownership=ownership
    )


@pytest.mark.parametrize(
    ("ownership", "words"),
    [
        (Ownership(), "no known owner and no known application"),
        (Ownership(owner="ops"), "no known application"),
        (Ownership(application="shop"), "no known owner"),
    ],
)
def test_whoever_has_no_owner_is_a_gap(ownership: Ownership, words: str) -> None:
    """A running container whose owner or application nobody knows is told, with what is missing and how to mend it."""
    gap = ownership_gap(container(ownership=ownership), 5)
    assert gap is not None
    assert gap.kind is GapKind.OWNER_UNKNOWN
    assert words in gap.message.en
    assert "io.periderm.owner" in gap.next_step.en


def test_known_stopped_and_others_are_no_gap() -> None:
    """A container that has both, one that does not run, and assets of other kinds are no gaps."""
    assert ownership_gap(container(ownership=Ownership(owner="a", application="b")), 5) is None
    assert ownership_gap(container(running=False), 5) is None
    assert ownership_gap(User(id="u", name="root", user_id=0), 5) is None


def test_a_node_is_told_another_way() -> None:
    """A node cannot be labelled: it is told where its owner is written."""
    node = Node(id="n", name="n", hostname="n", machine_id="m", kernel="6", os_name="d", architecture="x86_64")
    gap = ownership_gap(node, 5)
    assert gap is not None
    assert "/etc/periderm/ownership" in gap.next_step.en


def test_the_same_gap_has_the_same_id() -> None:
    """Reported again, a gap replaces itself; another image's gap does not."""
    image = Image(id="img-1", name="web:1", digest="sha256:1")
    assert unscanned_gap(image, 1).id == unscanned_gap(image, 2).id
    other = Image(id="img-2", name="web:2", digest="sha256:2")
    assert unscanned_gap(image, 1).id != unscanned_gap(other, 1).id


def inventory(*left_out: str) -> ImageInventory:
    """An inventory from which something was left out."""
    return ImageInventory(
        digest="sha256:1",
        reference="web:1",
        source="x",
        config=ImageConfig(),
        os=OsRelease(),
        packages=(),
        executables=(),
        not_examined=left_out,
    )


def result(*, failure: str = "", found: ImageInventory | None = None) -> ScanResult:
    """The end of a scan."""
    return ScanResult(image_digest="sha256:1", node_id="n", time=9, seconds=1.0, findings=(), inventory=found, failure=failure)


def test_a_scan_that_left_something_out_is_a_gap() -> None:
    """What a limit left out is counted; a failure says why; a whole scan is no gap."""
    gap = scan_gap("img-1", "web:1", result(found=inventory("a: too large", "b: too large")))
    assert gap is not None
    assert gap.count == 2
    assert "a: too large" in gap.message.en
    failed = scan_gap("img-1", "web:1", result(failure="the archive is cut off"))
    assert failed is not None
    assert "cut off" in failed.message.en
    assert scan_gap("img-1", "web:1", result(found=inventory())) is None


def test_silence_of_an_agent_is_a_gap_until_it_speaks() -> None:
    """An agent that says nothing for more than half a minute is told; one that speaks closes the gap; workers do not count."""

    def beat(role: str, time: int) -> Heartbeat:
        return Heartbeat(role=role, node_id=f"n{time}", pid=1, time=time, version="1")

    now = 100 * 10**9
    opened, closed = silent_sensors([beat("agent", 0), beat("agent", now - 10**9), beat("worker", 0)], now)
    assert [g.kind for g in opened] == [GapKind.SENSOR_DOWN]
    assert "100 s" in opened[0].message.en
    assert len(closed) == 1
    again, _ = silent_sensors([beat("agent", 0)], now + 10**9)
    assert again[0].id == opened[0].id


def test_a_full_baseline_says_what_fills_it() -> None:
    """The program that takes most of the room, what it does and an example, whatever characters are in it."""
    reads = tuple(Entry(Behaviour(Aspect.READ, "/usr/bin/{maker}", f"/srv/{{n}}/{number}"), Evidence()) for number in range(5))
    other = Entry(Behaviour(Aspect.PROGRAM, "/bin/sh"), Evidence())
    gap = full_baseline_gap("w", 9, count=3, since=2, baseline=Baseline(workload_id="w", entries=(*reads, other)))
    assert (gap.asset_id, gap.since, gap.until, gap.count) == ("w", 2, 9, 3)
    for words in (gap.message.en, gap.message.zh):
        assert all(part in words for part in ("5", "6", "/usr/bin/{maker}", "read", "/srv/{n}/4"))
    plain = full_baseline_gap("w", 9)
    assert plain.id == gap.id
    assert plain.message.en in gap.message.en
    assert full_baseline_gap("w", 9, baseline=Baseline(workload_id="w")).message == plain.message
