"""Event types 04: peers, ports, names and sockets that a program never used, each with its examples."""

from __future__ import annotations

from periderm.engines.baseline.cases import BASH, CURL, NGINX, PHP, REDIS, EventType, Words, case, did, event_type, normal
from periderm.model.detector import Example
from periderm.model.severity import Severity

_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
_NETWORK = Words(
    "If it is meant, accept it with `periderm baseline accept`; else let the container reach only what it needs "
    "(`periderm harden --format networkpolicy`).",
    "如属预期，请用 `periderm baseline accept` 接受；否则请限制容器可访问的目标（`periderm harden --format networkpolicy`）。",
)
_PORTS = Words(
    "If it is meant, accept it with `periderm baseline accept`; else stop what listens, and publish only the ports you need.",
    "如属预期行为，请用 `periderm baseline accept` 接受；否则请停止监听的程序，并只发布所需端口。",
)

TYPES: tuple[EventType, ...] = (
    event_type(
        "04-01",
        Words("Connect to a new peer inside", "连接到内部网络的新对端"),
        Words("{program} in {subject} connected to {value}", "{subject} 中的 {program} 连接到 {value}"),
        _MEDIUM,
        "T1021 T1210 T1046",
        _NETWORK,
        (
            Example(
                case(did("connect", BASH, "tcp/22 10.0.0.9"), normal(BASH, connect="tcp/80 127.0.0.1")),
                "a shell connects to another machine",
            ),
        ),
        (
            Example(
                case(did("connect", PHP, "tcp/5432 10.0.0.7"), normal(PHP, connect="tcp/5432 10.0.0.5")),
                "the database has moved to another address",
            ),
        ),
    ),
    event_type(
        "04-02",
        Words("Connect to a new peer outside", "连接到外部网络的新对端"),
        Words("{program} in {subject} connected to {value}", "{subject} 中的 {program} 连接到 {value}"),
        _MEDIUM,
        "T1071 T1041",
        _NETWORK,
        (
            Example(
                case(did("connect", PHP, "tcp/4444 203.0.113.9"), normal(PHP, connect="tcp/5432 10.0.0.5")),
                "a web application that only knew its database calls outside",
            ),
        ),
        (
            Example(
                case(
                    did("connect", CURL, "tcp/443 203.0.113.9"),
                    normal(CURL, connect=tuple(f"tcp/443 198.51.100.{n}" for n in range(1, 9))),
                ),
                "a program that calls many calls one more",
            ),
        ),
    ),
    event_type(
        "04-03",
        Words("Connect for the first time at all", "首次发起网络连接"),
        Words("{program} in {subject} connected to {value}", "{subject} 中的 {program} 连接到 {value}"),
        _MEDIUM,
        "T1071 T1041",
        _NETWORK,
        (
            Example(
                case(did("connect", REDIS, "tcp/4444 203.0.113.9"), normal(REDIS)),
                "a database that never called anybody calls out",
            ),
        ),
        (Example(case(did("connect", REDIS, "tcp/6379 127.0.0.1"), normal(REDIS)), "it looks whether it answers itself"),),
    ),
    event_type(
        "04-04",
        Words("Connect to a known peer on a new port", "以新端口连接到已知对端"),
        Words("{program} in {subject} connected to {value}", "{subject} 中的 {program} 连接到 {value}"),
        _LOW,
        "T1046 T1021",
        _NETWORK,
        (
            Example(
                case(did("connect", BASH, "tcp/22 10.0.0.5"), normal(BASH, connect="tcp/5432 10.0.0.5")),
                "a shell tries another door of the database's machine",
            ),
        ),
        (
            Example(
                case(did("connect", PHP, "tcp/6380 10.0.0.5"), normal(PHP, connect="tcp/6379 10.0.0.5")),
                "an application uses a second service of a machine that it knows",
            ),
        ),
    ),
    event_type(
        "04-05",
        Words("Open a port that was never open", "打开从未打开过的端口"),
        Words("{program} in {subject} listens on {value}", "{subject} 中的 {program} 监听 {value}"),
        _HIGH,
        "T1571 T1059",
        _PORTS,
        (Example(case(did("listen", BASH, "tcp/4444"), normal(BASH)), "a shell waits for somebody"),),
        (
            Example(
                case(did("listen", NGINX, "unix /run/nginx.sock"), normal(NGINX, listen="tcp/80")), "a local socket of its own"
            ),
        ),
    ),
    event_type(
        "04-06",
        Words("Search for a new name", "解析从未解析过的名称"),
        Words("{program} in {subject} asked for {value}", "{subject} 中的 {program} 解析了 {value}"),
        _LOW,
        "T1071.004",
        _NETWORK,
        (
            Example(
                case(did("resolve", PHP, "pool.miner.example"), normal(PHP)), "an application that never asked for a name asks"
            ),
            Example(
                case(
                    did("resolve", CURL, "4f7a9c01be2d83f6aa17c5d09e6b24.t.example"),
                    normal(CURL, resolve=("a.example", "b.example")),
                ),
                "data instead of a name",
            ),
        ),
        (
            Example(
                case(did("resolve", PHP, "api2.shop.example"), normal(PHP, resolve="api.shop.example")),
                "a neighbour of a known name",
            ),
        ),
    ),
    event_type(
        "04-07",
        Words("Open a socket of a new kind", "打开新类型的套接字"),
        Words("{program} in {subject} opened a socket {value}", "{subject} 中的 {program} 打开了 {value} 套接字"),
        _MEDIUM,
        "T1040 T1095",
        Words("Take CAP_NET_RAW from the container.", "请移除容器的 CAP_NET_RAW 权能。"),
        (Example(case(did("socket", PHP, "packet/raw"), normal(PHP)), "an application listens to all that passes"),),
        (Example(case(did("socket", PHP, "netlink/raw"), normal(PHP)), "the C library asks for the machine's addresses"),),
    ),
    event_type(
        "04-08",
        Words("Let somebody in on a new port", "在新端口接受连接"),
        Words("{program} in {subject} took a connection on {value}", "{subject} 中的 {program} 接受了 {value} 的连接"),
        _MEDIUM,
        "T1133 T1571",
        _PORTS,
        (Example(case(did("accept", BASH, "tcp/4444 *"), normal(BASH)), "somebody comes in to a shell"),),
        (
            Example(
                case(did("accept", NGINX, "tcp/8080 *"), normal(NGINX, listen=("tcp/80", "tcp/8080"))),
                "the first visitor of a port that was always open",
            ),
        ),
    ),
    event_type(
        "04-09",
        Words("Connect to a new local socket", "连接到新的本地套接字"),
        Words("{program} in {subject} connected to {value}", "{subject} 中的 {program} 连接到 {value}"),
        _HIGH,
        "T1611 T1610",
        Words("Do not mount the container runtime's socket into containers.", "请勿将容器运行时的套接字挂载到容器中。"),
        (
            Example(
                case(did("connect", CURL, "unix /var/run/docker.sock"), normal(CURL)),
                "the runtime's socket: the machine itself",
            ),
        ),
        (Example(case(did("connect", PHP, "unix /run/nscd/socket"), normal(PHP)), "the C library asks for a user's name"),),
    ),
    event_type(
        "04-10",
        Words("Connect to the cloud's metadata address", "连接云平台元数据地址"),
        Words("{program} in {subject} connected to {value}", "{subject} 中的 {program} 连接到 {value}"),
        _HIGH,
        "T1552.005",
        Words(
            "Keep containers from the metadata address, or ask for a token with one hop at most.",
            "请阻止容器访问元数据地址，或要求令牌且跳数不超过 1。",
        ),
        (
            Example(
                case(did("connect", PHP, "tcp/80 169.254.169.254"), normal(PHP)),
                "an application asks for the machine's credentials",
            ),
        ),
        (
            Example(
                case(did("connect", PHP, "tcp/80 169.254.169.254"), normal(PHP, connect="tcp/80 169.254.169.254")),
                "one that always does",
            ),
        ),
    ),
)
