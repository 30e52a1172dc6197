"""Exercises: what is read that opens other doors. Values only; a stage carries them out."""

from __future__ import annotations

from periderm.model.exercise import Exercise, Variant
from periderm.model.text import Text

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="EXE-010",
        title=Text("Read the shadow file", "读取 shadow 文件"),
        detectors=("RUN-010",),
        behaviours=(10,),
        script="cat /etc/shadow >/dev/null; true",
    ),
    Exercise(
        id="EXE-010-PY",
        title=Text("Read it by an interpreter", "由解释器读取"),
        detectors=("RUN-010",),
        behaviours=(10,),
        language="python",
        variant=Variant.INTERPRETER,
        script='open("/etc/shadow","rb").read()',
    ),
    Exercise(
        id="EXE-010-CALL",
        title=Text("Read it by a direct call", "直接调用系统调用读取"),
        detectors=("RUN-010",),
        behaviours=(10,),
        language="python",
        variant=Variant.SYSCALL,
        script=r"""import ctypes, os
libc = ctypes.CDLL(None)
how = (ctypes.c_uint64 * 3)(os.O_RDONLY, 0, 0)
fd = libc.syscall(437, -100, b"/etc/../etc/shadow-", how, 24)
print(fd)
""",
    ),
    Exercise(
        id="EXE-010-LINK",
        title=Text("Read it through a link", "经链接读取"),
        detectors=("RUN-010",),
        behaviours=(10,),
        variant=Variant.LINK,
        script="ln -s /etc/gshadow /tmp/e10; cat /tmp/e10 >/dev/null; rm -f /tmp/e10",
    ),
    Exercise(
        id="EXE-010-IFS",
        title=Text("Hide the words of the command", "隐藏命令中的字词"),
        detectors=("RUN-010",),
        behaviours=(10,),
        variant=Variant.ENCODED,
        script="sh -c \"c''at\\${IFS}/e''tc/gsh''adow-\" >/dev/null; true",
    ),
    Exercise(
        id="EXE-011",
        title=Text("Put a link over a file with credentials", "将链接指向含凭证的文件"),
        detectors=("RUN-011",),
        behaviours=(11,),
        script="ln -sf /etc/shadow /tmp/e11; ln /etc/shadow /etc/e11-hard; rm -f /tmp/e11 /etc/e11-hard; true",
    ),
    Exercise(
        id="EXE-012",
        title=Text("Search for keys and passwords", "搜索密钥与口令"),
        detectors=("RUN-012",),
        behaviours=(12,),
        script='find / -xdev -maxdepth 3 -name "id_rsa*" -o -maxdepth 3 -name "*.pem" 2>/dev/null | head -3 >/dev/null; grep -rn "BEGIN RSA PRIVATE KEY" /etc 2>/dev/null | head -1; true',
    ),
    Exercise(
        id="EXE-013",
        title=Text("Read a private SSH key", "读取 SSH 私钥"),
        detectors=("RUN-013",),
        behaviours=(13,),
        script="mkdir -p /root/.ssh; echo key > /root/.ssh/id_ed25519; cat /root/.ssh/id_ed25519 >/dev/null; rm -f /root/.ssh/id_ed25519",
    ),
    Exercise(
        id="EXE-121",
        title=Text("Write authorized_keys", "写入 authorized_keys"),
        detectors=("RUN-121",),
        behaviours=(13,),
        script='mkdir -p /root/.ssh; echo "ssh-ed25519 AAAA exercise" >> /root/.ssh/authorized_keys; rm -f /root/.ssh/authorized_keys',
    ),
    Exercise(
        id="EXE-014",
        title=Text("Read the environment of another process", "读取其他进程的环境变量"),
        detectors=("RUN-014",),
        behaviours=(14,),
        script="cat /proc/1/environ >/dev/null; true",
    ),
    Exercise(
        id="EXE-015",
        title=Text("Read a service account token", "读取服务账户令牌"),
        detectors=("RUN-015",),
        behaviours=(15,),
        script="D=/var/run/secrets/kubernetes.io/serviceaccount; mkdir -p $D; echo t > $D/token; cat $D/token >/dev/null; rm -rf /var/run/secrets/kubernetes.io",
    ),
    Exercise(
        id="EXE-017",
        title=Text("Ask the cloud metadata service", "访问云元数据服务"),
        detectors=("RUN-017",),
        behaviours=(17,),
        language="python",
        variant=Variant.INTERPRETER,
        script=r"""import socket
s = socket.socket()
s.settimeout(0.5)
print(s.connect_ex(("169.254.169.254", 80)))
""",
    ),
    Exercise(
        id="EXE-018",
        title=Text("Ask the kubelet", "访问 kubelet"),
        detectors=("RUN-018",),
        behaviours=(18,),
        language="python",
        script=r"""import socket
for port in (10250, 2375, 2379):
    s = socket.socket()
    s.settimeout(0.3)
    s.connect_ex(("10.0.0.1", port))
    s.close()
""",
    ),
    Exercise(
        id="EXE-106",
        title=Text("Guess passwords", "猜测口令"),
        detectors=("RUN-106",),
        behaviours=(),
        script="cp /bin/true /tmp/hydra; /tmp/hydra -l root -P words ssh://127.0.0.1; rm -f /tmp/hydra",
    ),
)
