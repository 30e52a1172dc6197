"""Finds programs whose names imitate the system's: kernel threads, common daemons with a letter changed. Does not look into
them, and knows only well-known imitations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# Kernel threads have no file at all (`ps` shows them in brackets); the others are what real intrusions have called theirs.
_THREAD = re.compile(
    r"\[?(kworker|ksoftirqd|kthreadd|kswapd|kdevtmpfs|kauditd|khugepaged|kintegrityd|kblockd|kcompactd|migration|rcu_sched"
    r"|watchdog|writeback|scsi_eh|jbd2|ksmd|kpsmoused|crypto|bioset|cpuhp|netns|oom_reaper)([:/_-]?[\w:]{0,12})\]?"
)
_BRACKETS = re.compile(r"\[[\w:/.-]{2,40}\]")
_KNOWN = frozenset(
    [
        "kdevtmpfsi",
        "kinsing",
        "kworkerds",
        "ksoftirqds",
        "kthrotlds",
        "kpsmouseds",
        "watchbog",
        "watchdogs",
        "sysupdate",
        "networkservice",
        "sysguard",
        "systemd-service",
        "sshd2",
        "sshdd",
        "crond64",
        "cronds",
        "bashd",
        "dbused",
        "xmrig",
        "xmr-stak",
        "minerd",
        "kerberods",
        "ddgs",
        "pnscan",
        "masscan-x",
        "biosetjenkins",
        "systemctI",
        "systemd-1ogind",
        "syst3md",
        "httpdz",
        "nginxx",
        "libsystemd-core",
        ".sshd",
        ".bash",
        ".cron",
        ".systemd",
    ]
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-064",
    title=Text("Hold a program that imitates the system", "含有冒充系统的程序"),
    message=Text("{path} is a program that calls itself like {what}.", "{path} 是冒充{what}的程序。"),
    severity=Severity.HIGH,
    maturity=Maturity.INCUBATING,
    remediation=Text(
        "Look into it in a place where it cannot run, find the step of the build that brought it, and remove both.",
        "在无法运行它的环境中检查其内容，找出引入它的构建步骤，并一并移除。",
    ),
    techniques=("T1036.005",),
    fires=(
        Example(GivenImage(layers=((GivenFile("usr/bin/kdevtmpfsi", b"\x7fELF", 0o755),),)), "a miner's well-known name"),
        Example(GivenImage(layers=((GivenFile("usr/sbin/[kworker", b"\x7fELF", 0o755),),)), "a kernel thread has no file"),
        Example(GivenImage(layers=((GivenFile("opt/[bioset]", b"\x7fELF", 0o755),),)), "brackets, as ps writes them"),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("usr/bin/[", b"\x7fELF", 0o755),),)), "a program of coreutils"),
        Example(
            GivenImage(
                layers=((GivenFile("usr/sbin/watchdog", b"\x7fELF", 0o755),),), owners=(("usr/sbin/watchdog", "watchdog"),)
            ),
            "a package brought it",
        ),
        Example(GivenImage(layers=((GivenFile("app/[id]", b"export default", 0o755),),)), "a page of a web framework"),
        Example(GivenImage(layers=((GivenFile("opt/crypto", b"\x7fELF", 0o755),),)), "an ordinary word"),
    ),
)
_PATHS = ("bin/", "sbin/", "usr/", "lib/", "tmp/", "var/", "etc/", "root/", "dev/")


def _what(path: str) -> Text | None:
    folder, _, name = path.rpartition("/")
    if name in _KNOWN:
        return Text("known malware", "已知恶意软件")
    if (
        name.startswith("[")
        and name != "["
        and (_THREAD.fullmatch(name) or (_BRACKETS.fullmatch(name) and name[1:-1] in _NAMES))
    ):
        return Text("a thread of the kernel", "内核线程")
    if _NUMBERED.fullmatch(name) and f"{folder}/".startswith(_PATHS):
        return Text("a thread of the kernel", "内核线程")
    return None


_NAMES = frozenset(["bioset", "crypto", "ksmd", "netns", "kblockd", "kthreadd", "kauditd", "md", "edac-poller", "devfreq_wq"])
_NUMBERED = re.compile(r"(kworker|ksoftirqd|kswapd|kthreadd|migration|rcu_sched|khugepaged)[/:_-]?[\d:uH]{0,8}")


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a program that no package owns."""
    for file in facts.executables:
        what = None if file.package else _what(file.path)
        if what is not None:
            yield Hit(location=file.path, layer=file.layer, values={"path": file.path, "what": what})


DETECTOR = Detector(SPEC, judge, FindingKind.MALWARE)
