"""The same object and the same loader on another kernel: Debian's 6.1, without the cast that newer ones have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import guest
from tests.adapters.sensor_ebpf import watching

pytestmark = [pytest.mark.root, pytest.mark.slow]

PROGRAM = """
import os, signal, subprocess
from pathlib import Path
from periderm.adapters.sensor_ebpf import EbpfSensor
from periderm.model.asset import Node
from periderm.model.event import EventKind

sensor = EbpfSensor(Path("/periderm.bpf.o"), ring_bytes=1 << 20)
for each in sensor.start():
    if not each.works:
        print("REFUSED", each.name, each.missing)
sensor.set_subjects([Node(id="n", name="n", hostname="g", machine_id="m", kernel="k", os_name="o", architecture="x86_64")])
sensor.read(0.1)
signal.signal(10, signal.SIG_IGN)
work = "echo x >/tmp/old; mv /tmp/old /tmp/new; mkdir /tmp/d; ln -s a /tmp/l; rm /tmp/new"
subprocess.run(["/bin/sh", "-c", work], check=True)
import ctypes
if not os.fork():  # a process namespace of its own, as a container has
    ctypes.CDLL(None).unshare(0x20020000)
    if not os.fork():
        os.execv("/bin/sh", ["/bin/sh", "-c", "true"])
    os.wait()
    os._exit(0)
os.wait()
child = subprocess.Popen(["/bin/sh", "-c", "kill -10 $PPID; LD_DEBUG=x exec /bin/sh -c 'cat /etc/guest; chmod 700 /tmp/d'"])
child.wait()
sensor.walk()
sensor.walk()
found = []
while batch := sensor.read(0.5):
    found += [batch.event(index) for index in range(len(batch))]
for event in found:
    if event.origin != 4:
        print("SEEN", event.kind.name, event.text, event.raw, event.arg0)
print("COUNTERS", sensor.counters())
sensor.stop()
print("STOPPED", os.listdir("/sys/fs/bpf"))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the sensor says there."""
    kernel_object = watching.kernel_object()
    programs: dict[str, bytes | Path] = dict(guest.python("periderm", "numpy", "msgspec"))
    library = Path("/usr/lib/x86_64-linux-gnu/libbpf.so.1")
    programs |= {str(library): library.resolve(), **guest.libraries_of(library)}
    programs |= {"/periderm.bpf.o": kernel_object, "/periderm.bpf.old.o": kernel_object.with_suffix(".old.o")}
    programs |= {"/program.py": PROGRAM.encode(), "/etc/guest": b"x"}
    script = "PYTHONHOME=/py PYTHONPATH=/site LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu python /program.py 2>&1"
    return guest.run_guest(tmp_path_factory.mktemp("guest"), programs, script)


def test_everything_loads_and_attaches(told: str) -> None:
    """No program is refused there but the one for a tracepoint that came later."""
    assert "COUNTERS" in told, told[-3000:]
    refused = re.findall(r"REFUSED (.*?)\r?\n", told)
    assert [line.split(" the kernel ")[0] for line in refused] == ["capabilities used"], refused
    assert "STOPPED []" in told


@pytest.mark.parametrize(
    "line",
    [
        r"SEEN EXEC /bin/busybox /bin/sh \d+",
        r"SEEN OPEN /tmp/old \S+ \d+",
        r"SEEN RENAME /tmp/new /tmp/old 0",
        r"SEEN UNLINK /tmp/new",
        r"SEEN MKDIR /tmp/d",
        r"SEEN SYMLINK /tmp/l a",
        r"SEEN SIGNAL python\S* \S* ?10",
        r"SEEN ENVIRONMENT LD_DEBUG=x",
        r"SEEN CHMOD /tmp/d",
        r"SEEN SYSCALL_USED .* 59\b",
    ],
)
def test_it_sees(told: str, line: str) -> None:
    """Programs, files and the rest, as here."""
    assert re.search(line, told), told[-3000:]


def test_nothing_is_unexplained_and_nothing_is_lost(told: str) -> None:
    """Credentials of 6.1 lie in other words; they are read as the same numbers."""
    assert "SEEN CREDENTIALS" not in told
    assert "lost=0" in told
