"""Exercises: ways out of the container and into other processes. Values only; a stage carries them out."""

from __future__ import annotations

from periderm.model.exercise import Exercise, Variant
from periderm.model.text import Text

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="EXE-016",
        title=Text("Ask the Kubernetes API server", "访问 Kubernetes API 服务器"),
        detectors=("RUN-016",),
        behaviours=(16,),
        language="python",
        script=r"""import socket
s = socket.socket()
s.settimeout(0.3)
s.connect_ex(("10.96.0.1", 6443))
""",
    ),
    Exercise(
        id="EXE-019",
        title=Text("Connect to the container runtime socket", "连接容器运行时套接字"),
        detectors=("RUN-019",),
        behaviours=(19,),
        language="python",
        script=r"""import os, socket
os.makedirs("/run/docker", exist_ok=True)
server = socket.socket(socket.AF_UNIX)
server.bind("/var/run/docker.sock")
server.listen()
client = socket.socket(socket.AF_UNIX)
client.connect("/var/run/docker.sock")
os.unlink("/var/run/docker.sock")
""",
    ),
    Exercise(
        id="EXE-020",
        title=Text("Write a release agent", "写入 release_agent"),
        detectors=("RUN-020",),
        behaviours=(20,),
        script="echo /cmd > /sys/fs/cgroup/release_agent 2>/dev/null; mkdir -p /tmp/cg && echo /cmd > /tmp/cg/release_agent; rm -rf /tmp/cg; true",
    ),
    Exercise(
        id="EXE-021",
        title=Text("Write the core pattern", "写入 core_pattern"),
        detectors=("RUN-021",),
        behaviours=(21,),
        script='(echo "|/tmp/x" > /proc/sys/kernel/core_pattern) 2>/dev/null; (echo > /proc/sysrq-trigger) 2>/dev/null; true',
    ),
    Exercise(
        id="EXE-022",
        title=Text("Mount a file system", "挂载文件系统"),
        detectors=("RUN-022",),
        behaviours=(22,),
        script="mkdir -p /tmp/e22; mount -t proc proc /tmp/e22 2>/dev/null; mount /dev/sda1 /tmp/e22 2>/dev/null; rmdir /tmp/e22; true",
    ),
    Exercise(
        id="EXE-022-NEW",
        title=Text("Mount by the new calls", "使用新挂载接口"),
        detectors=("RUN-022",),
        behaviours=(22,),
        language="python",
        variant=Variant.SYSCALL,
        script=r"""import ctypes
libc = ctypes.CDLL(None)
print(libc.syscall(430, b"proc", 0), libc.syscall(428, -100, b"/", 1))
""",
    ),
    Exercise(
        id="EXE-023",
        title=Text("Make namespaces", "创建命名空间"),
        detectors=("RUN-023",),
        behaviours=(23,),
        needs=("unshare",),
        script="unshare -Urm true 2>/dev/null; nsenter -t 1 -m true 2>/dev/null; true",
    ),
    Exercise(
        id="EXE-025",
        title=Text("Open a disk of the host", "打开宿主机磁盘"),
        detectors=("RUN-025",),
        behaviours=(25,),
        script="(cat /dev/sda | head -c1) 2>/dev/null; (cat /dev/mem | head -c1) 2>/dev/null; ls /proc/1/root/ >/dev/null; cat /proc/1/root/etc/hostname >/dev/null; mknod /tmp/e25 b 8 0 2>/dev/null; true",
    ),
    Exercise(
        id="EXE-026",
        title=Text("Change the root", "更改根目录"),
        detectors=("RUN-026",),
        behaviours=(26,),
        script="mkdir -p /tmp/e26; chroot /tmp/e26 /true 2>/dev/null; rmdir /tmp/e26; true",
    ),
    Exercise(
        id="EXE-027",
        title=Text("Load a kernel module", "加载内核模块"),
        detectors=("RUN-027",),
        behaviours=(27,),
        language="python",
        variant=Variant.SYSCALL,
        script=r"""import ctypes, os
libc = ctypes.CDLL(None)
fd = os.open("/bin/true", os.O_RDONLY)
print(libc.syscall(313, fd, b"", 0))
""",
    ),
    Exercise(
        id="EXE-028",
        title=Text("Load a BPF program", "加载 BPF 程序"),
        detectors=("RUN-028",),
        behaviours=(28,),
        language="python",
        variant=Variant.SYSCALL,
        script=r"""import ctypes
libc = ctypes.CDLL(None)
attr = (ctypes.c_char * 128)()
attr[0] = 1
print(libc.syscall(321, 5, attr, 128))
""",
    ),
    Exercise(
        id="EXE-030",
        title=Text("Attach to another process", "附加到其他进程"),
        detectors=("RUN-030",),
        behaviours=(30,),
        language="python",
        variant=Variant.SYSCALL,
        script=r"""import ctypes, os, signal, time
libc = ctypes.CDLL(None)
pid = os.fork()
if pid == 0:
    time.sleep(5)
    os._exit(0)
print(libc.ptrace(16, pid, 0, 0))
time.sleep(0.1)
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
""",
    ),
    Exercise(
        id="EXE-030-VM",
        title=Text("Write into another process", "写入其他进程内存"),
        detectors=("RUN-030",),
        behaviours=(30,),
        language="python",
        variant=Variant.SYSCALL,
        script=r"""import ctypes, os, signal, time
libc = ctypes.CDLL(None, use_errno=True)
pid = os.fork()
if pid == 0:
    time.sleep(5)
    os._exit(0)
word = ctypes.create_string_buffer(8)
piece = (ctypes.c_size_t * 2)(ctypes.addressof(word), 8)
print(libc.process_vm_writev(pid, piece, 1, piece, 1, 0))
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
""",
    ),
    Exercise(
        id="EXE-031",
        title=Text("Keep debuggers away", "阻止调试器"),
        detectors=("RUN-031",),
        behaviours=(31,),
        language="python",
        variant=Variant.RENAMED,
        script=r"""import os, shutil
shutil.copyfile("/usr/bin/python3", "/tmp/e31")
os.chmod("/tmp/e31", 0o755)
os.spawnv(os.P_WAIT, "/tmp/e31", ["e31", "-c", "import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0)"])
os.unlink("/tmp/e31")
""",
    ),
    Exercise(
        id="EXE-032",
        title=Text("Run code that was written into memory", "运行写入内存的代码"),
        detectors=("RUN-032",),
        behaviours=(32,),
        language="python",
        variant=Variant.RENAMED,
        script=r"""import os, shutil
shutil.copyfile("/usr/bin/python3", "/tmp/e32")
os.chmod("/tmp/e32", 0o755)
code = "import mmap; m = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC); m.write(bytes([0xC3]))"
os.spawnv(os.P_WAIT, "/tmp/e32", ["e32", "-c", code])
os.unlink("/tmp/e32")
""",
    ),
    Exercise(
        id="EXE-036",
        title=Text("Hold page faults", "利用 userfaultfd 挂起缺页"),
        detectors=("RUN-036",),
        behaviours=(36,),
        language="python",
        variant=Variant.SYSCALL,
        script=r"""import ctypes
print(ctypes.CDLL(None).syscall(323, 1))
""",
    ),
    Exercise(
        id="EXE-041",
        title=Text("Open the first program for writing", "以写方式打开首个程序"),
        detectors=("RUN-041",),
        behaviours=(41,),
        language="python",
        script=r"""import os
try:
    os.open("/proc/1/exe", os.O_WRONLY)
except OSError as error:
    print(error)
try:
    os.open("/proc/self/exe", os.O_WRONLY)
except OSError as error:
    print(error)
""",
    ),
    Exercise(
        id="EXE-050",
        title=Text("Open a packet socket", "打开数据包套接字"),
        detectors=("RUN-050",),
        behaviours=(50,),
        language="python",
        script=r"""import socket
for family, kind in ((socket.AF_PACKET, socket.SOCK_RAW), (socket.AF_INET, socket.SOCK_RAW)):
    try:
        socket.socket(family, kind, 1).close()
    except OSError as error:
        print(error)
""",
    ),
    Exercise(
        id="EXE-142",
        title=Text("Start a container from within", "在容器内启动容器"),
        detectors=("RUN-142", "RUN-019"),
        behaviours=(19, 24),
        script="cp /bin/true /tmp/docker; /tmp/docker run --privileged -v /:/host alpine; rm -f /tmp/docker",
    ),
)
