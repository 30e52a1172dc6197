"""A realistic machine for tests of doors: a shop's web server, attacked through a CGI script, and what was seen of it.

The incident is made by the real correlation from these alerts, findings and effects, so that pages show what they will.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from periderm.adapters.store_sql.store import SqlStore
from periderm.app.application import Application
from periderm.correlate.incident import build
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.asset import Container, Grade, Image, Node, Ownership, Workload
from periderm.model.effect import EffectRecord, EffectState, KillAtExec
from periderm.model.envelope import Heartbeat, ScanResult
from periderm.model.finding import Finding, FindingKind
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.image import ExecutableFile, ImageConfig, ImageInventory, OsRelease, Package
from periderm.model.incident import Incident
from periderm.model.policy import DEFAULT_POLICY, Policy, PolicyMode
from periderm.model.settings import Settings
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.ports.bus import Bus

SECOND = 10**9
DIGEST = "sha256:" + "4be1c6d2a90f" * 5 + "77aa"
NODE_ID, CONTAINER_ID, IMAGE_ID, WORKLOAD_ID = "nod-shop", "con-web1", "img-shop", "wrk-web"
RUNTIME_ID = "9f31c0aa77de" * 5 + "beef"
INCIDENT_ID = "inc-shop"


@dataclass
class FixedClock:
    """A clock that goes only when a test moves it."""

    time: int = 1_795_600_000 * SECOND

    def now(self) -> int:
        """Unix nanoseconds."""
        return self.time

    def monotonic(self) -> int:
        """The same clock."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        self.time += int(seconds * SECOND)


def application(folder: Path, clock: FixedClock | None = None, bus: Bus | None = None, port: int = 8843) -> Application:
    """An application over a real store in `folder`."""
    clock = clock or FixedClock()
    settings = Settings(state=str(folder), cache=str(folder / "cache"), port=port)
    return Application(store=SqlStore(settings.database, clock), clock=clock, settings=settings, bus=bus)


def node(now: int) -> Node:
    """The machine."""
    return Node(
        id=NODE_ID,
        name="shop-01",
        hostname="shop-01",
        machine_id="6f0e3b1c",
        kernel="6.18.5",
        os_name="Debian GNU/Linux 12",
        architecture="x86_64",
        form="virtual",
        addresses=("10.20.0.11",),
        first_seen=now - 86400 * SECOND,
        last_seen=now,
        ownership=Ownership("production", "shop", "team-shop", Grade.IMPORTANT),
    )


def image(now: int) -> Image:
    """What the container runs from."""
    return Image(
        id=IMAGE_ID,
        name="localhost/shop/web:2.4",
        digest=DIGEST,
        references=("localhost/shop/web:2.4",),
        size=218_000_000,
        os_name="Debian GNU/Linux 12 (bookworm)",
        node_id=NODE_ID,
        scanned_at=now - 3600 * SECOND,
        first_seen=now - 7200 * SECOND,
        last_seen=now,
    )


def container(number: int, now: int, *, running: bool = True) -> Container:
    """A replica of the shop's web server; number 1 is the one that was attacked."""
    return Container(
        id=CONTAINER_ID if number == 1 else f"con-web{number}",
        name=f"shop-web-{number}",
        container_id=RUNTIME_ID if number == 1 else f"{number:064x}",
        runtime="podman",
        node_id=NODE_ID,
        image_digest=DIGEST,
        image_name="localhost/shop/web:2.4",
        workload_id=WORKLOAD_ID,
        command=("lighttpd", "-D", "-f", "/etc/lighttpd/lighttpd.conf"),
        pid=4100 + number,
        running=running,
        started=now - 7000 * SECOND,
        mounts=("/srv/shop/data:/var/www/data",),
        labels={"app": "shop", "tier": "web"},
        first_seen=now - 7000 * SECOND,
        last_seen=now,
        ownership=Ownership("production", "shop", "team-shop", Grade.IMPORTANT),
    )


def processes(begin: int) -> tuple[ProcessRecord, ...]:
    """lighttpd, the CGI script, its shell, what it dropped, and what it ran besides."""
    web = ProcessRecord(
        key=1, parent=0, pid=4101, exe="/usr/sbin/lighttpd", argv=("lighttpd", "-D"), user_id=33, how="entrypoint",
        started=begin - 7000 * SECOND, package="lighttpd",
    )  # fmt: skip
    perl = ProcessRecord(
        key=2, parent=1, pid=4377, exe="/usr/bin/perl", argv=("/usr/bin/perl", "/usr/lib/cgi-bin/status.pl"), user_id=33,
        how="entrypoint", started=begin, package="perl-base",
    )  # fmt: skip
    shell = ProcessRecord(
        key=3, parent=2, pid=4378, exe="/usr/bin/dash", argv=("sh", "-c", "ping -c1 127.0.0.1; cd /tmp; ./kworkerds"),
        user_id=33, how="entrypoint", started=begin + 20 * 10**6, package="dash",
    )  # fmt: skip
    miner = ProcessRecord(
        key=4, parent=3, pid=4380, exe="/tmp/kworkerds", argv=("./kworkerds", "--coin", "monero"), user_id=33,
        how="entrypoint", started=begin + 2 * SECOND, ended=begin + 2 * SECOND + 40_000, drifted=True, killed=True,
    )  # fmt: skip
    reader = ProcessRecord(
        key=5, parent=3, pid=4383, exe="/usr/bin/cat", argv=("cat", "/etc/shadow"), user_id=33, how="entrypoint",
        started=begin + 5 * SECOND, ended=begin + 5 * SECOND + 9 * 10**6, package="coreutils",
    )  # fmt: skip
    caller = ProcessRecord(
        key=6, parent=3, pid=4386, exe="/usr/bin/perl", argv=("perl", "-MIO::Socket", "-e", "…", "203.0.113.7:3333"),
        user_id=33, how="entrypoint", started=begin + 9 * SECOND, package="perl-base",
    )  # fmt: skip
    return web, perl, shell, miner, reader, caller


def alerts(begin: int) -> tuple[Alert, ...]:
    """One for each step."""
    web, perl, shell, miner, reader, caller = processes(begin)

    def alert(name: str, detector: str, title: Text, message: Text, severity: Severity, **more: Any) -> Alert:
        return Alert(
            id=f"alt-{name}",
            detector=detector,
            title=title,
            message=message,
            severity=severity,
            maturity=Maturity.STABLE,
            last_time=more["time"],
            node_id=NODE_ID,
            asset_id=CONTAINER_ID,
            container_id=RUNTIME_ID,
            container_name="shop-web-1",
            image_digest=DIGEST,
            workload_id=WORKLOAD_ID,
            incident_id=INCIDENT_ID,
            **more,
        )

    return (
        alert(
            "shell", "RUN-002", Text("Start a shell from a server", "服务器启动了 shell"),
            Text("perl, run by lighttpd, started a shell", "lighttpd 运行的 perl 启动了 shell"), Severity.HIGH,
            techniques=("T1190", "T1059.004"), time=begin + 20 * 10**6, process=shell, lineage=(perl, web),
            object="/usr/sbin/lighttpd",
        ),
        alert(
            "drift", "RUN-005", Text("Run a file that the image did not bring", "运行了镜像中没有的文件"),
            Text("sh ran /tmp/kworkerds, which is not in the image", "sh 运行了镜像中没有的 /tmp/kworkerds"),
            Severity.CRITICAL, techniques=("T1105",), time=begin + 2 * SECOND, process=miner, lineage=(shell, perl, web),
            object="/tmp/kworkerds", evidence={"sha256": "b1946ac92492d2347c6235b4d2611184" * 2},
        ),
        alert(
            "shadow", "RUN-010", Text("Read a file with credentials", "读取了凭证文件"),
            Text("cat read /etc/shadow", "cat 读取了 /etc/shadow"), Severity.HIGH, techniques=("T1003.008",),
            time=begin + 5 * SECOND, process=reader, lineage=(shell, perl, web), object="/etc/shadow",
        ),
        alert(
            "miner", "RUN-054", Text("Connect to a port that miners use", "连接矿池常用端口"),
            Text("perl connected to 203.0.113.7 port 3333", "perl 连接了 203.0.113.7 的 3333 端口"), Severity.HIGH,
            techniques=("T1496.001",), time=begin + 9 * SECOND, process=caller, lineage=(shell, perl, web),
            object="203.0.113.7:3333", count=3,
        ),
    )  # fmt: skip


def findings(now: int) -> tuple[Finding, ...]:
    """What a scan of the image told."""

    def finding(name: str, kind: FindingKind, severity: Severity, title: Text, message: Text, **more: Any) -> Finding:
        fix = Text("Change the Dockerfile and build the image again.", "修改 Dockerfile 并重新构建镜像。")
        return Finding(
            id=f"fnd-{name}", detector=f"IMG-{name.upper()}", kind=kind, severity=severity, asset_id=IMAGE_ID, title=title,
            message=message, remediation=fix, first_seen=now - 3600 * SECOND, last_seen=now - 3600 * SECOND, **more,
        )  # fmt: skip

    return (
        finding(
            "root-user", FindingKind.CONFIGURATION, Severity.MEDIUM, Text("Run as root", "以 root 运行"),
            Text("The image names no user, so its processes run as root.", "镜像没有指定用户，进程以 root 运行。"),
            location="config:User",
        ),
        finding(
            "shell", FindingKind.CONFIGURATION, Severity.LOW, Text("Bring a shell", "带有 shell"),
            Text("The image has /usr/bin/dash.", "镜像中有 /usr/bin/dash。"), location="/usr/bin/dash", package="dash",
        ),
        finding(
            "secret-cloud", FindingKind.SECRET, Severity.HIGH, Text("Hold a cloud access key", "包含云访问密钥"),
            Text("A cloud access key lies in a file.", "文件中有云访问密钥。"), location="/var/www/html/.env",
            evidence="AKIA************WXYZ", layer="sha256:" + "11" * 32,
        ),
        finding(
            "setuid", FindingKind.CONFIGURATION, Severity.LOW, Text("Hold a set-user-id program", "包含 set-uid 程序"),
            Text("passwd runs as root whoever starts it.", "passwd 无论由谁启动都以 root 运行。"), location="/usr/bin/passwd",
            package="passwd",
        ),
    )  # fmt: skip


def inventory() -> ImageInventory:
    """What the scan found in the image."""
    files = (("usr/bin/dash", "dash"), ("usr/bin/perl", "perl-base"), ("usr/sbin/lighttpd", "lighttpd"))
    return ImageInventory(
        digest=DIGEST,
        reference="localhost/shop/web:2.4",
        source="podman",
        config=ImageConfig(),
        os=OsRelease("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
        packages=tuple(
            Package(name=p, version="1", type="deb", purl=f"pkg:deb/debian/{p}@1") for p in ("dash", "perl-base", "lighttpd")
        ),
        executables=tuple(ExecutableFile(f"/{path}", 100, 0o755, "aa", package, "") for path, package in files),
        files=8120,
    )


def effect(begin: int) -> EffectRecord:
    """The dropped file was killed while it started."""
    kill = KillAtExec(
        id="eff-kill",
        node_id=NODE_ID,
        asset_id=CONTAINER_ID,
        reason=Text("The policy 'shop' kills what the image did not bring.", "策略 shop 会终止镜像中没有的程序。"),
        blast_radius=Text("Only the new process /tmp/kworkerds (pid 4380).", "仅影响新进程 /tmp/kworkerds（pid 4380）。"),
        decided_by="policy:pol-shop",
        decided_at=begin + 2 * SECOND,
        alert_id="alt-drift",
        incident_id=INCIDENT_ID,
        process_key=4,
        pid=4380,
        executable="/tmp/kworkerds",
    )
    detail = Text("The kernel killed it while it started.", "内核在其启动时已将其终止。")
    return EffectRecord(effect=kill, state=EffectState.APPLIED, time=begin + 2 * SECOND, detail=detail)


def incident(begin: int, now: int) -> Incident:
    """As the correlation tells it."""
    return build(
        INCIDENT_ID,
        alerts(begin),
        findings(now),
        [effect(begin)],
        inventory(),
        ownership=Ownership("production", "shop", "team-shop", Grade.IMPORTANT),
    )


def gaps(now: int) -> tuple[CoverageGap, ...]:
    """What was not seen."""
    return (
        CoverageGap(
            id="gap-owner", kind=GapKind.OWNER_UNKNOWN, asset_id="con-cache", since=now - 3600 * SECOND, until=now,
            message=Text("Nobody is named as owner of cache-1.", "没有人是 cache-1 的负责人。"),
            next_step=Text("Label it with io.periderm.owner.", "用 io.periderm.owner 标注。"),
        ),
        CoverageGap(
            id="gap-kernel", kind=GapKind.KERNEL_UNSUPPORTED, asset_id=NODE_ID, since=now - 86400 * SECOND, until=now,
            message=Text("This kernel has no BPF LSM: file access cannot be denied.", "该内核没有 BPF LSM：无法拒绝文件访问。"),
            next_step=Text("Boot with lsm=…,bpf.", "以 lsm=…,bpf 启动。"), detail="lsm",
        ),
        CoverageGap(
            id="gap-path", kind=GapKind.PATH_UNREADABLE, asset_id=NODE_ID, since=now - 600 * SECOND, until=now, count=7,
            message=Text("The paths of some opened files could not be read.", "部分已打开文件的路径无法读取。"),
            next_step=Text("They are counted; nothing to do.", "已计数；无需处理。"),
        ),
    )  # fmt: skip


def tell(app: Application, *, old: int = 40) -> Incident:
    """Puts the whole story into the application's store; the attack began `old` seconds ago. Returns the incident."""
    store, now = app.store, app.clock.now()
    begin = now - old * SECOND
    cache = msgspec.structs.replace(
        container(9, now), id="con-cache", name="cache-1", image_digest="sha256:" + "ee" * 32, workload_id="",
        image_name="docker.io/library/redis:7", ownership=Ownership(), user="redis", command=("redis-server",),
    )  # fmt: skip
    told = incident(begin, now)
    with store.transaction():
        store.put_policy(DEFAULT_POLICY)
        store.put_policy(Policy(id="pol-shop", name="shop", workload="shop-web-*", mode=PolicyMode.ENFORCE, kill_drift=True))
        workload = Workload(id=WORKLOAD_ID, name="shop-web", kind="service", image_name="localhost/shop/web:2.4")
        store.put_assets([node(now), image(now), workload, cache, *(container(n, now) for n in (1, 2, 3))])
        store.put_scan_result(
            ScanResult(
                image_digest=DIGEST, node_id=NODE_ID, time=now - 3600 * SECOND, seconds=2.0, findings=findings(now),
                inventory=inventory(),
            )
        )  # fmt: skip
        store.put_alerts(alerts(begin))
        store.put_effect(effect(begin))
        store.put_incident(told)
        store.put_gaps(gaps(now))
        for role, pid in (("agent", 900), ("worker", 901)):
            store.put_heartbeat(Heartbeat(role=role, node_id=NODE_ID, pid=pid, time=now - 2 * SECOND, version="0.1.0"))
    return told
