"""Exercises: the same behaviours done otherwise: without a library, by io_uring, by the 32-bit entry, split over processes.

Each names its own file or program, since what a program was seen to do a moment ago is only counted. Values only.
"""

from __future__ import annotations

from periderm.engines.runtime.exercises.ring import CONNECT, OPENAT, RENAMEAT, by_ring
from periderm.engines.runtime.exercises.small import Result, Words, brought, program
from periderm.model.exercise import Exercise, Variant
from periderm.model.text import Text

_HERE = -100  # AT_FDCWD
_SEIZE = 0x4206
_METADATA = bytes.fromhex("02000050a9fea9fe") + bytes(8)  # sockaddr_in of 169.254.169.254, port 80
_LOOPBACK = bytes.fromhex("0200b1947f000001") + bytes(8)  # 127.0.0.1, port 45460


def _shell(compat: bool) -> bytes:
    """Connects, makes the connection its own input and output, and becomes a shell."""
    ends = [("dup2", (Result(0), number)) for number in (0, 1, 2)]
    return program(
        ("socket", (2, 1, 0)),
        ("connect", (Result(0), _LOOPBACK, 16)),
        *ends,
        ("execve", ("/bin/sh", Words(("sh", "-i")), 0)),
        compat=compat,
    )


_ANSWER = """import socket
server = socket.create_server(("127.0.0.1", 45460))
child = subprocess.Popen([{name!r}])
server.settimeout(3)
peer, _ = server.accept()
peer.sendall(b"exit\\n")
child.wait(3)
server.close()"""

_STATIC_AND_COMPAT = tuple(
    exercise
    for compat, suffix, variant in ((False, "STATIC", Variant.STATIC), (True, "32", Variant.COMPAT32))
    for exercise in (
        Exercise(
            id=f"EXE-002-{suffix}",
            title=Text("Start a shell by a bare system call", "以裸系统调用启动 shell"),
            detectors=("RUN-002",),
            behaviours=(2,),
            language="python",
            variant=variant,
            script=brought(
                f"/opt/e2-{suffix}",
                program(("execve", ("/bin/sh", Words(("sh", "-c", f": {suffix}")), 0)), compat=compat),
            ),
        ),
        Exercise(
            id=f"EXE-003-{suffix}",
            title=Text("Connect a shell to the network by bare system calls", "以裸系统调用将 shell 连接到网络"),
            detectors=("RUN-003",),
            behaviours=(3,),
            language="python",
            variant=variant,
            script=brought(f"/opt/e3-{suffix}", _shell(compat), _ANSWER.format(name=f"/opt/e3-{suffix}")),
        ),
        Exercise(
            id=f"EXE-005-{suffix}",
            title=Text("Run a tiny program that the image did not bring", "运行镜像未包含的微型程序"),
            detectors=("RUN-005",),
            behaviours=(5,),
            language="python",
            variant=variant,
            script=brought(f"/opt/e5-{suffix}", program(("getppid", ()), compat=compat)),
        ),
        Exercise(
            id=f"EXE-010-{suffix}",
            title=Text("Read the shadow file by a bare system call", "以裸系统调用读取 shadow 文件"),
            detectors=("RUN-010",),
            behaviours=(10,),
            language="python",
            variant=variant,
            script=brought(f"/opt/e10-{suffix}", program(("openat", (_HERE, "/etc/shadow", 0)), compat=compat)),
        ),
        Exercise(
            id=f"EXE-017-{suffix}",
            title=Text("Ask the cloud metadata service by bare system calls", "以裸系统调用访问云元数据服务"),
            detectors=("RUN-017",),
            behaviours=(17,),
            language="python",
            variant=variant,
            script=brought(
                f"/opt/e17-{suffix}",
                program(("socket", (2, 1, 0)), ("connect", (Result(0), _METADATA, 16)), compat=compat),
            ),
        ),
        Exercise(
            id=f"EXE-030-{suffix}",
            title=Text("Attach to another process by a bare system call", "以裸系统调用附加到其他进程"),
            detectors=("RUN-030",),
            behaviours=(30,),
            language="python",
            variant=variant,
            script=brought(
                f"/opt/e30-{suffix}",
                program(("getppid", ()), ("ptrace", (_SEIZE, Result(0), 0, 0)), compat=compat),
            ),
        ),
        Exercise(
            id=f"EXE-034-{suffix}",
            title=Text("Set the set-user-id bit by a bare system call", "以裸系统调用设置 setuid 位"),
            detectors=("RUN-034",),
            behaviours=(34,),
            language="python",
            variant=variant,
            script=brought(
                f"/opt/e34-{suffix}",
                program(("chmod", (f"/opt/e34-{suffix}", 0o4755)), compat=compat),
            ),
        ),
    )
)

_URING = (
    Exercise(
        id="EXE-010-URING",
        title=Text("Read the shadow file by io_uring", "经 io_uring 读取 shadow 文件"),
        detectors=("RUN-010",),
        behaviours=(10,),
        language="python",
        variant=Variant.IO_URING,
        script=by_ring(f'submit({OPENAT}, {_HERE}, 0, at(b"/etc/gshadow"), 0)\n'),
    ),
    Exercise(
        id="EXE-017-URING",
        title=Text("Ask the cloud metadata service by io_uring", "经 io_uring 访问云元数据服务"),
        detectors=("RUN-017",),
        behaviours=(17,),
        language="python",
        variant=Variant.IO_URING,
        script=by_ring(f"s = socket.socket()\nsubmit({CONNECT}, s.fileno(), 16, at(bytes.fromhex({_METADATA.hex()!r})), 0)\n"),
    ),
    Exercise(
        id="EXE-121-URING",
        title=Text("Move authorized_keys into place by io_uring", "经 io_uring 将 authorized_keys 移入"),
        detectors=("RUN-121",),
        behaviours=(13,),
        language="python",
        variant=Variant.IO_URING,
        script=by_ring(
            f"""os.makedirs("/root/.ssh", exist_ok=True)
open("/opt/e121", "w").close()
submit({RENAMEAT}, {_HERE}, at(b"/root/.ssh/authorized_keys"), at(b"/opt/e121"), {_HERE & 0xFFFFFFFF})
os.unlink("/root/.ssh/authorized_keys")
"""
        ),
    ),
)

_SPLIT = (
    Exercise(
        id="EXE-005-SPLIT",
        title=Text("Bring a program by several processes and run it by another", "由多个进程投放、另一进程运行程序"),
        detectors=("RUN-005",),
        behaviours=(5,),
        variant=Variant.SPLIT,
        script="head -c 100 /bin/true >/opt/e5s.a; tail -c +101 /bin/true >/opt/e5s.b; cat /opt/e5s.a /opt/e5s.b >/opt/e5s.c; "
        "mv /opt/e5s.c /opt/e5s; chmod 755 /opt/e5s; setsid /opt/e5s; sleep 0.2; rm -f /opt/e5s /opt/e5s.?",
    ),
    Exercise(
        id="EXE-007-SPLIT",
        title=Text("Run what another process holds in memory", "运行其他进程内存中的程序"),
        detectors=("RUN-007",),
        behaviours=(7,),
        language="python",
        variant=Variant.SPLIT,
        script=r"""import os, subprocess
fd = os.memfd_create("library", os.MFD_CLOEXEC)
with open("/bin/true", "rb") as f:
    os.write(fd, f.read())
subprocess.call(["/bin/sh", "-c", f"/proc/{os.getpid()}/fd/{fd}"])
""",
    ),
    Exercise(
        id="EXE-010-SPLIT",
        title=Text("Open the shadow file in one process and read it in another", "一个进程打开 shadow 文件，另一进程读取"),
        detectors=("RUN-010",),
        behaviours=(10,),
        variant=Variant.SPLIT,
        script="exec 3</etc/shadow-; cat <&3 >/dev/null",
    ),
    Exercise(
        id="EXE-010-RENAMED",
        title=Text("Read the shadow file by a copy of cat", "以 cat 的副本读取 shadow 文件"),
        detectors=("RUN-010",),
        behaviours=(10,),
        variant=Variant.RENAMED,
        script="cp /bin/cat /opt/nginx; /opt/nginx /etc/shadow >/dev/null; rm -f /opt/nginx",
    ),
    Exercise(
        id="EXE-017-SPLIT",
        title=Text("Ask the cloud metadata service by an inherited socket", "以继承的套接字访问云元数据服务"),
        detectors=("RUN-017",),
        behaviours=(17,),
        language="python",
        variant=Variant.SPLIT,
        script=r"""import os, socket, subprocess, sys
s = socket.socket()
s.setblocking(False)
os.set_inheritable(s.fileno(), True)
code = f"import socket; print(socket.socket(fileno={s.fileno()}).connect_ex(('169.254.170.2', 80)))"
subprocess.call([sys.executable, "-c", code], close_fds=False)
""",
    ),
    Exercise(
        id="EXE-034-SPLIT",
        title=Text("Set the set-user-id bit by an inherited descriptor", "以继承的描述符设置 setuid 位"),
        detectors=("RUN-034",),
        behaviours=(34,),
        language="python",
        variant=Variant.SPLIT,
        script=r"""import os, shutil
shutil.copyfile("/bin/true", "/opt/e34s")
fd = os.open("/opt/e34s", os.O_RDONLY)
pid = os.fork()
if pid == 0:
    os.fchmod(fd, 0o4755)
    os._exit(0)
os.waitpid(pid, 0)
os.unlink("/opt/e34s")
""",
    ),
    Exercise(
        id="EXE-034-NEW",
        title=Text("Set the set-user-id bit by fchmodat2", "使用 fchmodat2 设置 setuid 位"),
        detectors=("RUN-034",),
        behaviours=(34,),
        language="python",
        variant=Variant.SYSCALL,
        script=r"""import ctypes, os, shutil, sys
shutil.copyfile("/bin/true", "/opt/e34n")
libc = ctypes.CDLL(None, use_errno=True)
done = libc.syscall(452, -100, b"/opt/e34n", 0o4755, 0)
os.unlink("/opt/e34n")
if done and ctypes.get_errno() == 38:
    print("this kernel, or the container's rules, have no fchmodat2")
    sys.exit(77)
""",
    ),
)

EXERCISES: tuple[Exercise, ...] = (*_STATIC_AND_COMPAT, *_URING, *_SPLIT)
