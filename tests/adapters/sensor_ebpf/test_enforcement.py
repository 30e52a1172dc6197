"""A real podman container: what is told of it, what the kernel kills in it, and when it stops killing."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.container_files import inodes_of
from periderm.adapters.sensor_ebpf import STALE_SECONDS, EbpfSensor
from periderm.model.asset import Container
from periderm.model.event import Event, EventFlag, EventKind
from periderm.ports.sensor import KernelPolicy
from tests.adapters.sensor_ebpf import watching
from tests.adapters.sensor_ebpf.watching import NODE, alive, drain, of_kind
from tests.ports.tiny import podman

pytestmark = [pytest.mark.root, pytest.mark.container]

ENFORCE = KernelPolicy(enforce=True, kill_drift=True)
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=256:256")


def rootfs(folder: Path) -> bytes:
    """A tar with a static busybox and its names, and the folders that a runtime mounts on."""
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.skip("needs busybox-static")
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name in ("bin", "proc", "sys", "dev", "etc", "run", "tmp", "out"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            tar.addfile(entry)
        tar.add(busybox, "bin/busybox")
        tar.add(busybox, "bin/listed")
        for name in ("sh", "cat", "cp", "ln", "ls", "sleep", "true", "setsid"):
            entry = tarfile.TarInfo(f"bin/{name}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(entry)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A busybox image of its own name."""
    reference = f"localhost/periderm-sensor-test:{uuid.uuid4().hex[:12]}"
    podman("import", "--quiet", "-", reference, data=rootfs(tmp_path_factory.mktemp("rootfs")))
    yield reference
    podman("rmi", "--force", reference)


@pytest.fixture
def name(image: str) -> Iterator[str]:
    """A running container that does nothing but sleep."""
    name = f"periderm-sensor-test-{uuid.uuid4().hex[:12]}"
    podman("run", "--detach", "--network=none", "--name", name, *LIMITS, image, "/bin/sleep", "100000")
    yield name
    podman("rm", "--force", "--time", "0", name)


def container_of(name: str) -> Container:
    """The running container as an asset, from podman's own word."""
    told = podman("inspect", "--format", "{{.State.Pid}} {{.Id}}", name).split()
    pid = int(told[0])
    path = next(line[3:] for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines() if line.startswith("0::"))
    top = "/sys/fs/cgroup/unified" if Path("/sys/fs/cgroup/unified/cgroup.procs").exists() else "/sys/fs/cgroup"
    return Container(
        id=f"container-{told[1][:12]}",
        name=name,
        container_id=told[1],
        runtime="podman",
        node_id=NODE.id,
        pid=pid,
        cgroup=os.stat(top + path).st_ino,
        cgroup_path=path,
        mount_namespace=os.stat(f"/proc/{pid}/ns/mnt").st_ino,
        running=True,
    )


def inside(name: str, script: str) -> subprocess.CompletedProcess[str]:
    """Runs a shell script in the container."""
    command = ["podman", "--cgroup-manager=cgroupfs", "--runtime", "runc", "exec", name, "/bin/sh", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def of(events: list[Event], container: Container) -> list[Event]:
    """Rows of the container."""
    return [event for event in events if event.subject.id == container.id]


def execs(events: list[Event], text: str) -> list[Event]:
    """Exec rows of one file."""
    return [event for event in of_kind(events, EventKind.EXEC) if event.text == text]


def test_a_new_container_is_seen_before_it_is_known(live: EbpfSensor, image: str) -> None:
    """Its first exec is told although nobody has named its namespace, and it is counted as unknown."""
    name = f"periderm-sensor-test-{uuid.uuid4().hex[:12]}"
    before = live.counters().other.get("unknown-namespace", 0)
    try:
        podman("run", "--detach", "--network=none", "--name", name, *LIMITS, image, "/bin/sh", "-c", "sleep 600; true")
        first = [event for event in execs(drain(live, 0.5), "/bin/busybox") if event.argv[:2] == ("/bin/sh", "-c")]
        assert [event.raw for event in first] == ["/bin/sh"]
        assert not first[0].has(EventFlag.EXEC_SESSION)
        assert live.counters().other["unknown-namespace"] > before
    finally:
        podman("rm", "--force", "--time", "0", name)


def test_drift_is_killed_before_it_writes(live: EbpfSensor, name: str) -> None:
    """20 of 20 programs from the upper layer die at exec, no file is written, and the image's programs go on."""
    container = container_of(name)
    live.set_subjects([NODE, container])
    live.set_policy(container, ENFORCE)
    live.heartbeat()
    drain(live)
    before = live.counters().killed
    loop = "i=0; while [ $i -lt 20 ]; do /tmp/busybox-dropped sh -c 'echo x > /out/'$i; i=$((i+1)); done"
    script = f"cp /bin/busybox /tmp/busybox-dropped; {loop}"
    with alive(live):
        done = inside(name, script + "; echo finished; ls /out")
    told = of(drain(live, 0.5), container)
    assert done.stdout.split() == ["finished"]
    killed = execs(told, "/tmp/busybox-dropped")
    assert len(killed) == 20
    assert all(event.has(EventFlag.KILLED) and event.has(EventFlag.UPPER) for event in killed)
    assert live.counters().killed - before == 20
    ends = {event.process: event for event in of_kind(told, EventKind.EXIT)}
    assert all(ends[event.process].arg0 == 9 for event in killed)
    assert [event for event in execs(told, "/bin/busybox") if event.has(EventFlag.UPPER)] == []


def test_a_listed_program_of_the_image_is_killed(live: EbpfSensor, name: str) -> None:
    """A program that the policy names dies at exec under every name of its file; the others go on."""
    container = container_of(name)
    listed = inodes_of(container, ["/bin/listed", "/bin/nothing"])
    assert len(listed) == 1
    live.set_subjects([NODE, container])
    live.set_policy(container, KernelPolicy(enforce=True, kill_inodes=listed))
    live.heartbeat()
    drain(live)
    script = "ln -s /bin/listed /tmp/other; for p in /bin/listed /tmp/other; do $p sh -c 'echo x > /out/x'; done"
    with alive(live):
        done = inside(name, f"{script}; echo finished; ls /out")
    assert done.stdout.split() == ["finished"]
    killed = execs(of(drain(live, 0.5), container), "/bin/listed")
    assert len(killed) == 2
    assert all(event.has(EventFlag.KILLED) and not event.has(EventFlag.UPPER) for event in killed)


def test_without_enforcing_it_is_only_told(live: EbpfSensor, name: str) -> None:
    """Policy 'alert': the program runs, and the row says that it would have been killed."""
    container = container_of(name)
    live.set_subjects([NODE, container])
    live.set_policy(container, KernelPolicy(kill_drift=True))
    live.heartbeat()
    drain(live)
    done = inside(name, "cp /bin/busybox /tmp/busybox-dropped; /tmp/busybox-dropped sh -c 'echo ran'")
    assert done.stdout.split() == ["ran"]
    told = execs(of(drain(live, 0.5), container), "/tmp/busybox-dropped")
    assert [(event.has(EventFlag.WOULD_KILL), event.has(EventFlag.KILLED)) for event in told] == [(True, False)]


def test_enforcement_ends_without_heartbeat(live: EbpfSensor, name: str) -> None:
    """When the agent is silent for longer than the documented time nothing is killed any more; then again it is."""
    container = container_of(name)
    live.set_subjects([NODE, container])
    live.set_policy(container, ENFORCE)
    with alive(live):
        assert inside(name, "cp /bin/busybox /tmp/busybox-dropped; /tmp/busybox-dropped true && echo ran; true").stdout == ""

    time.sleep(STALE_SECONDS + 1)
    assert inside(name, "/tmp/busybox-dropped sh -c 'echo ran'").stdout.split() == ["ran"]
    with alive(live):
        assert inside(name, "/tmp/busybox-dropped sh -c 'echo ran'").stdout == ""


def test_a_listed_executable_is_killed(live: EbpfSensor, name: str) -> None:
    """A program of the image whose device and inode are listed dies; the same list taken away, it runs."""
    container = container_of(name)
    inside(name, "cp /bin/busybox /tmp/busybox-listed")
    about = os.stat(f"/proc/{container.pid}/root/tmp/busybox-listed")
    live.set_subjects([NODE, container])
    live.set_policy(container, KernelPolicy(enforce=True, kill_inodes=((about.st_dev, about.st_ino),)))
    with alive(live):
        assert inside(name, "/tmp/busybox-listed sh -c 'echo ran'").stdout == ""
        live.set_policy(container, KernelPolicy(enforce=True))
        assert inside(name, "/tmp/busybox-listed sh -c 'echo ran'").stdout.split() == ["ran"]


def test_sessions_and_strangers_are_marked(live: EbpfSensor, name: str) -> None:
    """What comes by `podman exec` and its children is a session; what comes by nsenter is foreign; the rest is neither."""
    container = container_of(name)
    live.set_subjects([NODE, container])
    live.set_policy(container, KernelPolicy())
    drain(live)
    inside(name, "(cat /etc/hostname; true) > /dev/null; sh -c 'setsid sh -c \"cat /etc/hosts\"; true' > /dev/null")
    subprocess.run(["nsenter", "-t", str(container.pid), "-m", "/bin/ls", "/etc"], capture_output=True, check=False)
    told = of_kind(of(drain(live, 0.5), container), EventKind.EXEC)
    session = [event for event in told if event.argv[:1] == ("cat",)]
    assert len(session) >= 2
    assert all(event.has(EventFlag.EXEC_SESSION) and not event.has(EventFlag.FOREIGN) for event in session)
    foreign = [event for event in told if event.argv == ("/bin/ls", "/etc")]
    assert [event.has(EventFlag.FOREIGN) for event in foreign] == [True]


def test_a_filtered_container_is_silent(live: EbpfSensor, name: str) -> None:
    """With `report` off nothing of the container is sent, and what is not sent is counted."""
    container = container_of(name)
    live.set_subjects([NODE, container])
    live.set_policy(container, watching.QUIET)
    drain(live)
    before = live.counters().filtered
    inside(name, "cat /etc/hostname > /dev/null")
    assert [event for event in of(drain(live, 0.5), container) if event.comm == "cat"] == []
    assert live.counters().filtered > before
    live.set_subjects([NODE])
