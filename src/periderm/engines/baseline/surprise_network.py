"""How surprising a connection, an open port, a name or a socket is: by who asks, how far away the other side is, and how many
like it are normal."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections import Counter
from math import log2

from periderm.engines.baseline import families as kinds
from periderm.engines.baseline.factors import Factor, Judged, factor
from periderm.engines.baseline.families import WORDS, families
from periderm.engines.baseline.situation import Situation
from periderm.engines.baseline.surprise_programs import serves
from periderm.model.behaviour import Aspect

_METADATA = frozenset({"169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2::254", "168.63.129.16"})
_RUNTIME_SOCKET = re.compile(r".*/(?:docker|containerd|podman|crio|buildkitd|kubelet|dockershim|cri-dockerd)\.sock")
_HARMLESS_SOCKET = re.compile(
    r"/(?:var/)?run/(?:nscd/socket|systemd/(?:journal/.*|notify|userdb/.*)|dbus/system_bus_socket)|/dev/log"
)
_NEAR = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))
_MANY = 6
_WEB_PORTS = frozenset({"53", "80", "443", "853", "123"})
_WORKER = frozenset({kinds.SHELL, kinds.LOOKING, kinds.ENCODER, kinds.ADMINISTRATION})


@functools.lru_cache(maxsize=4096)
def distance(peer: str) -> str:
    """'metadata', 'local' (this machine), 'near' (a private network) or 'far'."""
    if peer in _METADATA:
        return "metadata"
    try:
        address = ipaddress.ip_address(peer.partition("%")[0].removeprefix("::ffff:"))
    except ValueError:
        return "near"
    if address.is_loopback or address.is_unspecified:
        return "local"
    private = any(address in block for block in _NEAR if block.version == address.version)
    if private or address.is_link_local or address.is_multicast:
        return "near"
    return "far"  # ranges that are kept for documentation too: no private network uses them


def connect(situation: Situation) -> Judged:
    """A peer or port that it never connected to."""
    where, _, peer = situation.behaviour.value.partition(" ")
    if where == "unix":
        return _unix(peer)
    usual = [value for value in situation.has(Aspect.CONNECT) if not value.startswith("unix ")]
    far = distance(peer)
    if far == "metadata":
        return Judged("04-10", (factor(85, "there the cloud hands out credentials", "云平台在该地址发放凭据"),))
    factors = [_distance(far), *_asker(situation), *_usual(where, peer, usual)]
    port = where.partition("/")[2]
    if where == "udp/53" and far != "far" and not families(situation.behaviour.program) & _WORKER:
        factors.append(Factor(-15))  # the resolver; the names that it is asked for are judged by themselves
    if not usual and not situation.has(Aspect.RESOLVE):
        factors.append(factor(12, "it never connected to anything", "它从未连接过任何地址"))
    elif serves(situation.normal, situation.behaviour.program) and far == "far" and not any(_far(each) for each in usual):
        factors.append(factor(10, "this server never called anybody outside", "该服务器从未主动连接外部"))
    if port not in _WEB_PORTS and far == "far":
        factors.append(factor(8, "on an uncommon port", "使用不常见的端口"))
    if not usual:
        return Judged("04-03", tuple(factors))
    if any(value.endswith(f" {peer}") for value in usual):
        return Judged("04-04", tuple(factors))
    return Judged("04-02" if far == "far" else "04-01", tuple(factors))


def _unix(path: str) -> Judged:
    if _RUNTIME_SOCKET.fullmatch(path):
        return Judged("04-09", (factor(92, "who speaks to it rules the machine", "能与它通信就能控制整台机器"),))
    return Judged("04-09", (Factor(5 if _HARMLESS_SOCKET.fullmatch(path) else 32),))


def _far(value: str) -> bool:
    return distance(value.rpartition(" ")[2]) == "far"


def _distance(far: str) -> Factor:
    if far == "far":
        return factor(50, "it is outside", "对方位于外部网络")
    return Factor(28 if far == "local" else 40)


def _asker(situation: Situation) -> tuple[Factor, ...]:
    mine = families(situation.behaviour.program)
    if situation.drifted or situation.in_memory:
        return (factor(30, "the program came after the image", "该程序在镜像之后才出现"),)
    for family in (kinds.SHELL, kinds.LOOKING, kinds.ENCODER, kinds.ADMINISTRATION):
        if family in mine:
            return (factor(40, "{family} seldom connects by itself", "{family}很少自行建立连接", family=WORDS[family]),)
    return ()


def _usual(where: str, peer: str, usual: list[str]) -> tuple[Factor, ...]:
    """A program that talks to many talks to one more; a service keeps its port when it moves to another address."""
    peers = Counter(value.rpartition(" ")[2] for value in usual)
    ports = {value.partition(" ")[0] for value in usual}
    found: list[Factor] = []
    alike = [each for each in peers if distance(each) == distance(peer)]
    if len(alike) >= _MANY:
        found.append(Factor(-25))
    if where in ports and any(
        value.startswith(where) and distance(value.rpartition(" ")[2]) == distance(peer) for value in usual
    ):
        found.append(Factor(-12))
    return tuple(found)


def accept(situation: Situation) -> Judged:
    """Somebody came in where nobody did."""
    port = situation.behaviour.value.partition(" ")[0]
    listens = situation.has(Aspect.LISTEN)
    if not listens and not situation.has(Aspect.ACCEPT):
        return Judged("04-08", (factor(60, "it serves nobody otherwise", "它平时不对外提供服务"),))
    return Judged("04-08", (Factor(20 if port in listens else 50),))


def listen(situation: Situation) -> Judged:
    """A port that it never opened."""
    value = situation.behaviour.value
    if value.startswith("unix "):
        return Judged("04-05", (Factor(32),))
    factors = [Factor(45 if value.endswith("/*") else 60 if value.startswith("tcp") else 35)]
    if not situation.has(Aspect.LISTEN):
        factors.append(factor(15, "it never opened a port", "它从未打开过端口"))
    if families(situation.behaviour.program) & (_WORKER | {kinds.INTERPRETER, kinds.CLIENT}):
        factors.append(factor(15, "it is not a server", "它不是服务器程序"))
    return Judged("04-05", tuple(factors))


def resolve(situation: Situation) -> Judged:
    """A name that it never asked for."""
    name, usual = situation.behaviour.value, situation.has(Aspect.RESOLVE)
    if _tunnels(name):
        return Judged("04-06", (factor(85, "its labels carry data rather than a name", "其各段更像数据而不是名称"),))
    factors = [Factor(47), *_asker(situation)]
    ending = ".".join(name.split(".")[-2:])
    if any(value.endswith(ending) for value in usual):
        factors.append(Factor(-20))
    if len(usual) >= _MANY:
        factors.append(Factor(-15))
    if not usual:
        factors.append(factor(12, "it never asked for any name", "它从未解析过任何名称"))
    if name.endswith((".in-addr.arpa", ".ip6.arpa", ".local", ".internal", ".svc.cluster.local")) or "." not in name:
        factors.append(Factor(-20))
    return Judged("04-06", tuple(factors))


def _tunnels(name: str) -> bool:
    """Long labels of many different letters and digits, as data in a name is."""
    for label in name.split("."):
        if len(label) > 24 and any(c.isdigit() for c in label):
            entropy = -sum(n / len(label) * log2(n / len(label)) for n in Counter(label).values())
            if entropy > 3.4:
                return True
    return False


def socket(situation: Situation) -> Judged:
    """A kind of socket that it never opened."""
    value = situation.behaviour.value
    domain, _, kind = value.partition("/")
    if domain == "packet" or (domain in ("inet", "inet6") and kind == "raw"):
        return Judged("04-07", (factor(72, "it can forge or overhear what others send", "可用于伪造或窃听网络通信"),))
    if domain == "netlink":
        return Judged("04-07", (Factor(20),))
    points = {"alg": 50, "vsock": 65, "xdp": 75, "key": 55, "bluetooth": 60}.get(domain, 45)
    return Judged("04-07", (Factor(points),))
