"""A small shop's baseline: a web server that starts as root, writes its cache and its logs, and talks to one database."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np

from periderm.engines.runtime.scene import DIGEST, HOST, SHOP
from periderm.model.asset import Container
from periderm.model.baseline import Baseline, Entry, Evidence, Source
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.event import EVENT_DTYPE, EventBatch, EventFlag, EventKind
from periderm.model.image import ExecutableFile, ImageConfig, ImageInventory, OsRelease

NGINX = "/usr/sbin/nginx"
SEEN = Evidence(counts={"n": 5}, replicas=3, first=1_700_000_000, last=1_700_009_000, sources=(Source.OBSERVED,), certainty=100)
CALLS = ("accept4", "bind", "connect", "epoll_wait", "listen", "openat", "read", "socket", "writev", "clone", "mkdir", "setuid")
BEHAVIOURS = (
    Behaviour(Aspect.PROGRAM, NGINX),
    Behaviour(Aspect.USER, NGINX, "0"),
    Behaviour(Aspect.BECOME, NGINX, "user 33"),
    Behaviour(Aspect.BECOME, NGINX, "group 33"),
    Behaviour(Aspect.WRITE, NGINX, "/var/log/nginx/access.log"),
    Behaviour(Aspect.CREATE, NGINX, "/var/lib/nginx/body/*"),
    Behaviour(Aspect.WRITE, NGINX, "/run/nginx.pid"),
    Behaviour(Aspect.CHANGE, NGINX, "mkdir /var/lib/nginx/proxy"),
    Behaviour(Aspect.WRITE, NGINX, "/dev/null"),
    Behaviour(Aspect.LISTEN, NGINX, "tcp/80"),
    Behaviour(Aspect.CONNECT, NGINX, "tcp/5432 10.0.0.7"),
    Behaviour(Aspect.CONNECT, NGINX, "tcp/9000 127.0.0.1"),
    Behaviour(Aspect.CAPABILITY, NGINX, "CAP_NET_BIND_SERVICE"),
    *(Behaviour(Aspect.SYSCALL, "", name) for name in CALLS),
)


def baseline(*behaviours: Behaviour, without: Iterable[Aspect] = ()) -> Baseline:
    """The shop's, with more behaviour and without aspects."""
    left = set(without)
    kept = sorted({b for b in (*BEHAVIOURS, *behaviours) if b.aspect not in left})
    return Baseline(
        workload_id=SHOP.workload_id,
        name="shop",
        entries=tuple(Entry(behaviour, SEEN) for behaviour in kept),
        images={DIGEST: 1_700_000_000},
        observed={"n": 90_000},
        since=1_700_000_000,
        settled=1_700_003_600,
    )


def inventory(*executables: ExecutableFile, **config: object) -> ImageInventory:
    """Of its image."""
    made = msgspec.convert({"architecture": "amd64", "exposed_ports": ["80/tcp"], **config}, ImageConfig)
    return ImageInventory(
        digest=DIGEST,
        reference="localhost/shop:1",
        source="podman",
        config=made,
        os=OsRelease(id="debian"),
        packages=(),
        executables=(ExecutableFile("usr/sbin/nginx", 1, 0o755, "", "nginx", ""), *executables),
    )


def batch(*rows: dict[str, object], on: Container = SHOP) -> EventBatch:
    """Rows by field; strings by what they are, `kind` as the enumeration's member."""
    strings = [""]
    table = np.zeros(len(rows), EVENT_DTYPE)
    for number, row in enumerate(rows):
        table[number]["subject"], table[number]["count"], table[number]["time"] = 1, 1, 100 + number
        for field, value in {"exe": NGINX, **row}.items():
            if isinstance(value, str):
                strings.append(value)
                table[number][field] = len(strings) - 1
            else:
                table[number][field] = int(value) if isinstance(value, EventKind | EventFlag) else value
    return EventBatch(table, tuple(strings), (HOST, on))
