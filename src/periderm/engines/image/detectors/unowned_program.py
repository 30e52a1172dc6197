"""Finds programs in the folders of the package manager that no package brought: an image tells them in one finding. Programs
of one's own belong in /usr/local/bin or /opt, where they are not told."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.checksums import diversions, moved_aside
from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_FOLDERS = frozenset(("bin", "sbin", "usr/bin", "usr/sbin"))
_SHOWN = 12
# Made by packages when they are set up, and in no list of theirs.
_MADE = frozenset(("usr/sbin/policy-rc.d", "sbin/initctl", "usr/bin/c_rehash", "usr/sbin/ldconfig.real", "sbin/ldconfig.real"))

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-065",
    title=Text("Put programs of no package into the system's folders", "系统目录中存在不属于软件包的程序"),
    message=Text(
        "{count} programs in the system's own folders came with no package: {names}.",
        "系统目录中有 {count} 个程序不属于任何软件包：{names}。",
    ),
    severity=Severity.LOW,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Put own programs into /usr/local/bin or /opt, so that what nobody brought stands out.",
        "请将自有程序放入 /usr/local/bin 或 /opt，便于发现来历不明的程序。",
    ),
    techniques=("T1036.005",),
    fires=(
        Example(
            GivenImage(
                layers=((GivenFile("usr/bin/env", b"\x7fELF", 0o755), GivenFile("usr/bin/helper", b"\x7fELF", 0o755)),),
                owners=(("usr/bin/env", "coreutils"),),
            ),
            "a program beside the packages'",
        ),
    ),
    quiet=(
        Example(
            GivenImage(
                layers=((GivenFile("usr/bin/env", b"\x7fELF", 0o755), GivenFile("usr/local/bin/x", b"\x7fELF", 0o755)),),
                owners=(("usr/bin/env", "coreutils"),),
            ),
            "one's own, where it belongs",
        ),
        Example(GivenImage(layers=((GivenFile("bin/app", b"\x7fELF", 0o755),),)), "no packages are there at all"),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for an image."""
    if not facts.managed:
        return
    known = _MADE | moved_aside(facts)
    found = [f for f in facts.executables if not f.package and f.path.rpartition("/")[0] in _FOLDERS and f.path not in known]
    if found and any(f.package and f.path.rpartition("/")[0] in _FOLDERS for f in facts.executables):
        names = ", ".join(f.path for f in found[:_SHOWN])
        yield Hit(
            location=found[0].path,
            evidence=names,
            layer=found[0].layer,
            values={"count": str(len(found)), "names": names + ("…" if len(found) > _SHOWN else "")},
        )


DETECTOR = Detector(SPEC, judge, FindingKind.MALWARE, readers=(diversions("IMG-065"),))
