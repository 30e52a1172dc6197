"""An attack on a container, as values: what the tests of correlation share."""

from __future__ import annotations

from periderm.model.alert import Alert, ProcessRecord
from periderm.model.finding import Finding, FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

NONE = Text("", "")
NGINX = ProcessRecord(key=10, parent=1, pid=100, exe="/usr/sbin/nginx", package="nginx", started=1)
SHELL = ProcessRecord(key=11, parent=10, pid=101, exe="/bin/sh", started=10)
CAT = ProcessRecord(key=12, parent=11, pid=102, exe="/bin/cat", started=11)
DROPPED = ProcessRecord(key=13, parent=11, pid=103, exe="/tmp/kworkerd", started=12, drifted=True, killed=True)
PYTHON = ProcessRecord(key=14, parent=11, pid=104, exe="/usr/bin/python3", started=14)


def alert(number: int, techniques: tuple[str, ...], acting: ProcessRecord, thing: str, *line: ProcessRecord) -> Alert:
    """An alert of shop-web at second `number`."""
    return Alert(
        id=f"alt-{number}",
        detector=f"T-{number}",
        title=Text(f"Title {number}", f"标题 {number}"),
        message=NONE,
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        techniques=techniques,
        time=number,
        last_time=number,
        node_id="nod-1",
        asset_id="ctr-1",
        process=acting,
        lineage=line,
        object=thing,
        container_id="abcdef",
        container_name="shop-web",
        image_digest="sha256:1",
        workload_id="wkl-1",
    )


SHELL_STARTED = alert(10, ("T1190", "T1505.003", "T1059.004"), SHELL, "/bin/sh", SHELL, NGINX)
SHADOW_READ = alert(11, ("T1003.008", "T1555"), CAT, "/etc/shadow", CAT, SHELL, NGINX)
DROPPED_RUN = alert(12, ("T1105", "T1036"), DROPPED, "/tmp/kworkerd", DROPPED, SHELL, NGINX)
MINER = alert(14, ("T1496.001",), PYTHON, "10.0.0.1:3333", PYTHON, SHELL, NGINX)
STORY = (SHELL_STARTED, SHADOW_READ, DROPPED_RUN, MINER)

SECRET = Finding(
    id="fnd-secret",
    detector="IMG-1",
    kind=FindingKind.SECRET,
    severity=Severity.HIGH,
    asset_id="img-1",
    title=Text("Find a password hash", "发现口令散列"),
    message=NONE,
    remediation=NONE,
    location="etc/shadow",
)
