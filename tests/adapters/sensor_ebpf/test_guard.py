"""BPF LSM: what it says where there is none, and what it refuses in a kernel that has it (the second kernel, in QEMU)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf import guard
from periderm.adapters.sensor_ebpf.guard import LsmGuard, flags_of, lsm_missing
from periderm.ports.guard import GuardPolicy
from tests.guest import libraries_of, modules, python, run_guest
from tools.build_bpf import GUARD_TARGET, build

POLICY = GuardPolicy(subject_id="c", pid=1, mount_namespace=7)


def test_a_kernel_without_it_is_told_what_to_boot_with(tmp_path: Path) -> None:
    """The line keeps the modules that are there."""
    (tmp_path / "lsm").write_text("capability,landlock")
    assert "lsm=capability,landlock,bpf" in lsm_missing(tmp_path / "lsm")
    assert "mount securityfs" in lsm_missing(tmp_path / "none")
    (tmp_path / "lsm").write_text("landlock,bpf\n")
    assert lsm_missing(tmp_path / "lsm") == ""


def test_where_it_is_missing_nothing_happens(tmp_path: Path) -> None:
    """Every call may be made."""
    one = LsmGuard(lsm_list=tmp_path / "none")
    one.program([POLICY])
    one.heartbeat()
    assert one.missing()
    assert one.news().refusals == ()
    one.close()


def test_flags_say_what_is_wanted() -> None:
    """Each switch its bit."""
    whole = GuardPolicy(
        subject_id="c",
        pid=1,
        mount_namespace=7,
        enforce=True,
        drift=True,
        memory=True,
        exec_inodes=((1, 2),),
        open_inodes=((1, 3),),
        modules=True,
        ptrace=True,
        mount=True,
    )
    assert flags_of(whole) == 255
    assert flags_of(POLICY) == 0


GUEST = r"""
import contextlib, ctypes, os, subprocess, sys, threading, time
sys.path.insert(0, "/site")
from pathlib import Path
from periderm.adapters.sensor_ebpf.guard import LsmGuard
from periderm.ports.guard import GuardPolicy

def say(name, value): print("RESULT", name, value, flush=True)

if sys.argv[1:] == ["inside"]:
    libc = ctypes.CDLL(None, use_errno=True)
    def fails(name, act):
        try: act(); say(name, "through")
        except OSError as error: say(name, error.strerror)
    def run(*command, program=None):
        def act():
            quiet = subprocess.DEVNULL
            code = subprocess.run(command, executable=program, stdout=quiet, stderr=quiet).returncode
            if code: raise OSError(1, f"status {code}")
        return act
    for line in sys.stdin:
        word = line.strip()
        fails(word + ":image", run("/m/bin/sleep", "0"))
        fails(word + ":drift", run("/m/tmp/sleep", "0"))
        fails(word + ":script", run("/m/tmp/script"))
        fails(word + ":list", run("/m/bin/listed"))
        fails(word + ":hard link", run("/m/bin/other"))
        fails(word + ":sh script", run("/bin/busybox", "sh", "/m/srv/job"))
        fails(word + ":open", lambda: open("/m/srv/job").close())
        fails(word + ":open other", lambda: open("/m/srv/fine").close())
        def memory():
            fd = os.memfd_create("x")
            os.write(fd, Path("/bin/busybox").read_bytes())
            run("sleep", "0", program=f"/proc/{os.getpid()}/fd/{fd}")()
        fails(word + ":memfd", memory)
        def mount():
            number = ctypes.get_errno if libc.mount(b"tmp", b"/mnt", b"tmpfs", 0, None) else None
            if number: raise OSError(number(), os.strerror(number()))
            libc.umount(b"/mnt")
        fails(word + ":mount", mount)
        def trace():
            with subprocess.Popen(["/bin/busybox", "sleep", "9"]) as one:
                try:
                    if libc.ptrace(16, one.pid, None, None): raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
                finally: one.kill()
        fails(word + ":ptrace", trace)
        def module():
            fd = os.open("/lib/dummy.ko", os.O_RDONLY)
            if libc.syscall(313, fd, b"", 0): raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
            libc.syscall(176, b"dummy", 0)
        fails(word + ":module", module)
        print("DONE", word, flush=True)
    sys.exit(0)

guard = LsmGuard()
say("missing", guard.missing() or "nothing")
child = subprocess.Popen(["/bin/busybox", "unshare", "-m", sys.executable, __file__, "inside"],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
def ask(word):
    child.stdin.write(word + "\n"); child.stdin.flush()
    for line in child.stdout:
        if line.startswith("DONE"): return
        print(line, end="", flush=True)
ask("before")
@contextlib.contextmanager
def alive():  # however slow this kernel is, the agent's heart beats
    ended = threading.Event()
    def beat():
        while not ended.wait(0.5): guard.heartbeat()
    guard.heartbeat()
    thread = threading.Thread(target=beat); thread.start()
    try: yield
    finally: ended.set(); thread.join()
def inode(path):
    seen = os.stat(path); return ((seen.st_dev, seen.st_ino),)
space = os.stat(f"/proc/{child.pid}/ns/mnt").st_ino
def policy(enforce):
    return GuardPolicy(subject_id="ctr", pid=child.pid, mount_namespace=space, enforce=enforce, drift=True, memory=True,
        exec_inodes=inode("/m/bin/listed"), open_inodes=inode("/m/srv/job"), modules=True, ptrace=True, mount=True)
guard.program([policy(True)])
with alive(): ask("on")
news = guard.news()
for r in news.refusals: say("told", f"{r.cause} {r.refused} {r.path} {r.kind.name}")
say("problems", news.problems)
guard.program([policy(False)])
with alive(): ask("alert")
say("alert told", sorted({(r.cause, r.refused) for r in guard.news().refusals}))
guard.program([policy(True)]); time.sleep(6); ask("stale")
guard.heartbeat(); guard.close(); ask("closed")
subprocess.run(["/bin/busybox", "sleep", "0"], check=True)
say("node", "runs")
"""
SCRIPT = """
insmod /lib/overlay.ko
mkdir -p /mnt /m /tmp/l/bin /tmp/l/srv /tmp/l/tmp /tmp/u /tmp/w
cp /bin/busybox /tmp/l/bin/sleep; cp /bin/busybox /tmp/l/bin/listed.real
mount -t overlay overlay -o lowerdir=/tmp/l,upperdir=/tmp/u,workdir=/tmp/w /m
mkdir -p /m/tmp; mv /m/bin/listed.real /tmp/l.keep 2>/dev/null; umount /m
printf '#!/bin/busybox sh\\nexit 0\\n' > /tmp/l/bin/listed; chmod 755 /tmp/l/bin/listed; ln /tmp/l/bin/listed /tmp/l/bin/other
echo 'exit 0' > /tmp/l/srv/job; echo 'exit 0' > /tmp/l/srv/fine
rm -rf /tmp/u /tmp/w; mkdir /tmp/u /tmp/w
mount -t overlay overlay -o lowerdir=/tmp/l,upperdir=/tmp/u,workdir=/tmp/w /m
cp /bin/busybox /m/tmp/sleep; printf '#!/bin/busybox sh\\nexit 0\\n' > /m/tmp/script; chmod 755 /m/tmp/script
PYTHONHOME=/py PYTHONPATH=/site python /guest.py
"""


@pytest.mark.root
def test_the_second_kernel_refuses_what_a_policy_names(tmp_path: Path) -> None:
    """Every form of exec, opening of a listed script, modules, ptrace and mounts; only while the agent lives and the policy
    enforces; each refusal is told; other namespaces never notice."""
    if shutil.which("clang") is None:
        pytest.skip("needs clang")
    build(GUARD_TARGET)
    places = (Path(f"{folder}/x86_64-linux-gnu/libbpf.so.1") for folder in ("/usr/lib", "/lib"))
    library = next((path for path in places if path.exists()), None)
    if library is None:
        pytest.skip("needs libbpf1")
    found = modules()
    programs: dict[str, bytes | Path] = {
        "/guest.py": GUEST.encode(),
        "/lib/overlay.ko": found["overlay"],
        "/lib/dummy.ko": found["dummy"],
        str(library): library,
        **libraries_of(library),
        **python("msgspec", "numpy", "periderm"),
    }
    said = run_guest(tmp_path, programs, SCRIPT, "lsm=landlock,lockdown,bpf")
    results = [line.split("RESULT ", 1)[1] for line in said.splitlines() if "RESULT " in line]
    assert "missing nothing" in results, said[-3000:]
    assert "problems ()" in results
    assert "node runs" in results
    names = ("drift", "script", "list", "hard link", "sh script", "open", "memfd", "mount", "ptrace", "module")
    through = {line.removesuffix(" through") for line in results if line.endswith(" through")}
    for name in names:
        assert f"on:{name}" not in through, (name, results)
        for when in ("before", "alert", "stale", "closed"):
            assert f"{when}:{name}" in through, (when, name, results)
    assert {"on:image", "on:open other"} <= through
    told = [line for line in results if line.startswith("told ")]
    for cause in ("drift", "memory", "list", "open", "module", "ptrace", "mount"):
        assert any(line.startswith(f"told {cause} True") for line in told), (cause, told)
    assert any("/m/tmp/sleep EXEC" in line or "/tmp/sleep EXEC" in line for line in told)
    assert any("('drift', False)" in line for line in results if line.startswith("alert told"))
    assert guard.OBJECT == GUARD_TARGET
