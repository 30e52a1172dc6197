"""A state folder with one attack in it, kept by the real store, for the commands that read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.cli.main import run
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.asset import Container, Grade, Image, Node, Ownership, Workload
from periderm.model.effect import EffectRecord, EffectState, KillAtExec
from periderm.model.envelope import Heartbeat, ScanResult
from periderm.model.finding import Finding, FindingKind
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.identity import container_id, image_id, node_id, workload_id
from periderm.model.incident import ChainStep, FindingLink, Incident, IncidentState
from periderm.model.settings import Settings
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DIGEST = "sha256:" + "ab" * 32
NODE = node_id("m1")
CONTAINER = container_id(NODE, "c" * 64)
WORKLOAD = workload_id("container", "", "shop-web")
INCIDENT, ALERT, FINDING, EFFECT = (p + "-" + "0" * 23 + "1" for p in ("inc", "alt", "fnd", "eff"))
HOSTILE = "evil\x1b]0;owned\x07\n\u202ename"

Periderm = Callable[..., tuple[int, str, str]]


def processes() -> tuple[ProcessRecord, ...]:
    """nginx, the shell it started, and a dropped program that was killed."""
    return (
        ProcessRecord(key=1, parent=0, pid=100, exe="/usr/sbin/nginx", argv=("nginx", "-g", "daemon off;"), started=1),
        ProcessRecord(key=2, parent=1, pid=101, exe="/usr/bin/dash", argv=("sh", "-c", "id"), started=2),
        ProcessRecord(key=3, parent=2, pid=102, exe="/tmp/x", argv=("/tmp/x",), started=3, drifted=True, killed=True),
        ProcessRecord(key=4, parent=1, pid=103, exe=f"/tmp/{HOSTILE}", started=4, how="exec", tty=True),
    )


def incident(now: int) -> Incident:
    """One chain of two steps, stopped at the second."""
    shell = Text("nginx started a shell", "nginx 启动了 shell")
    drop = Text("a file that the image did not bring was run", "执行了镜像中没有的文件")
    steps = (("RUN-SHELL-BY-SERVER", "TA0001", "T1190", shell, 2, False), ("RUN-DRIFT", "TA0002", "T1059.004", drop, 3, True))
    return Incident(
        id=INCIDENT,
        title=Text("Attack on shop-web", "shop-web 遭到攻击"),
        summary=Text(
            "nginx in shop-web started a shell; the kernel killed what it dropped.", "shop-web 中的 nginx 启动了 shell。"
        ),
        severity=Severity.CRITICAL,
        reasons=(
            Text("Two tactics in one workload.", "同一工作负载出现两个战术。"),
            Text("The workload is core.", "核心业务。"),
        ),
        state=IncidentState.NEW,
        node_id=NODE,
        asset_id=CONTAINER,
        chain=tuple(
            ChainStep(
                alert_id=ALERT,
                detector=detector,
                tactic=tactic,
                technique=technique,
                time=now + number * 10**6,
                title=title,
                message=title,
                severity=Severity.HIGH,
                process_key=key,
                stopped=stopped,
            )
            for number, (detector, tactic, technique, title, key, stopped) in enumerate(steps)
        ),
        processes=processes(),
        findings=(FindingLink(finding_id=FINDING, why=Text("The shell came with the image.", "镜像自带 shell。")),),
        effects=(EFFECT,),
        first_time=now,
        last_time=now + 10**9,
        workload_id=WORKLOAD,
        container_id="c" * 64,
        container_name="shop-web",
        image_digest=DIGEST,
        alerts=2,
        stopped=True,
    )


def fill(store: SqlStore, now: int) -> None:
    """All that the commands may show."""
    title = Text("Remove the shell", "移除 shell")
    store.put_assets(
        [
            Node(
                id=NODE,
                name="node-1",
                hostname="node-1",
                machine_id="m1",
                kernel="6.1",
                os_name="Debian 12",
                architecture="x86_64",
                last_seen=now,
            ),
            Image(
                id=image_id(DIGEST), name="shop:1", digest=DIGEST, references=("localhost/shop:1",), size=2**26, last_seen=now
            ),
            Workload(id=WORKLOAD, name="shop-web", kind="container", last_seen=now),
            Container(
                id=CONTAINER,
                name="shop-web",
                container_id="c" * 64,
                runtime="podman",
                node_id=NODE,
                image_digest=DIGEST,
                image_name="shop:1",
                workload_id=WORKLOAD,
                running=True,
                ownership=Ownership("production", "shop", "team-shop", Grade.CORE),
                last_seen=now,
            ),
        ]
    )
    finding = Finding(
        id=FINDING,
        detector="IMG-SHELL",
        kind=FindingKind.CONFIGURATION,
        severity=Severity.MEDIUM,
        asset_id=image_id(DIGEST),
        title=title,
        message=Text(f"A shell lies at {HOSTILE}.", "镜像中有 shell。"),
        remediation=Text("Build from a base without one.", "使用不含 shell 的基础镜像。"),
        location=HOSTILE,
        first_seen=now,
        last_seen=now,
    )
    store.put_scan_result(ScanResult(image_digest=DIGEST, node_id=NODE, time=now, seconds=0.5, findings=(finding,)))
    store.put_alerts(
        [
            Alert(
                id=ALERT,
                detector="RUN-DRIFT",
                title=title,
                message=title,
                severity=Severity.HIGH,
                maturity=Maturity.STABLE,
                techniques=("T1190",),
                time=now,
                last_time=now,
                node_id=NODE,
                asset_id=CONTAINER,
                process=processes()[1],
                lineage=processes()[:2],
                incident_id=INCIDENT,
            )
        ]
    )
    store.put_incident(incident(now))
    kill = KillAtExec(
        id=EFFECT,
        node_id=NODE,
        asset_id=CONTAINER,
        reason=Text("The policy kills drift.", "策略：终止漂移程序。"),
        blast_radius=Text("One process.", "一个进程。"),
        decided_by="policy:pol-1",
        decided_at=now,
        incident_id=INCIDENT,
        process_key=3,
        pid=102,
        executable="/tmp/x",
    )
    store.put_effect(EffectRecord(effect=kill, state=EffectState.APPLIED, time=now))
    store.put_gaps(
        [
            CoverageGap(
                id="gap-1",
                kind=GapKind.OWNER_UNKNOWN,
                asset_id=NODE,
                message=Text("Nobody is known to answer for node-1.", "node-1 没有负责人。"),
                next_step=Text("Label it.", "请添加标签。"),
                since=now,
                until=now,
            )
        ]
    )
    store.put_heartbeat(Heartbeat(role="agent", node_id=NODE, pid=7, time=now, version="0.1.0", figures={"events": 12345.0}))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The folder, filled."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    clock = SystemClock()
    store = SqlStore(Settings(state=str(folder), cache=str(tmp_path)).database, clock)
    try:
        with store.transaction():
            fill(store, clock.now())
    finally:
        store.close()
    return folder


@pytest.fixture
def periderm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Periderm:
    """Runs a command line as `periderm` would; gives exit status, standard output and standard error."""
    for name in ("LC_ALL", "LC_MESSAGES", "PERIDERM_PORT", "PERIDERM_CACHE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = run(list(arguments))
        except SystemExit as stop:  # argparse's way of saying 0 or 2
            status = int(stop.code or 0)
        done = capsys.readouterr()
        return status, done.out, done.err

    return call
