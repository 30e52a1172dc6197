"""Finds folders that everyone may write without the sticky bit, and files of the system that everyone may change. Programs
that everyone may change are IMG-018."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts, SpecialFile
from periderm.model.detector import DetectorSpec, Example
from periderm.model.image import FileType
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_STICKY, _OTHERS_WRITE = 0o1000, 0o002
_SYSTEM = ("bin", "sbin", "lib", "lib64", "usr", "etc", "boot", "root")
_OWN_PLACES = (
    "usr/share/nginx/",
    "usr/local/share/",
    "usr/src/",
    "usr/local/var/",
    "usr/local/etc/",
    "usr/share/elasticsearch/",
)
_SHOWN = 10

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-075",
    title=Text("Let everyone write in the system", "允许任何人写入系统"),
    message=Text(
        "Every user may write {count} places of the image: {names}.", "任何用户都可写入镜像中的 {count} 处：{names}。"
    ),
    severity=Severity.LOW,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Give the folder to the user that needs it (chown) and take the right away from the others: chmod o-w, or chmod +t.",
        "将目录交给需要它的用户（chown），并去掉其他用户的写权限：chmod o-w，或 chmod +t。",
    ),
    techniques=("T1222.002",),
    fires=(
        Example(GivenImage(layers=((GivenFile("srv/data", b"", 0o777, FileType.DIRECTORY),),)), "a folder of everyone"),
        Example(GivenImage(layers=((GivenFile("etc/app.conf", b"x", 0o666),),)), "configuration that everyone may change"),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("tmp", b"", 0o1777, FileType.DIRECTORY),),)),
            "where everyone writes, with the sticky bit",
        ),
        Example(GivenImage(layers=((GivenFile("srv/data", b"", 0o775, FileType.DIRECTORY),),)), "of a group"),
        Example(GivenImage(layers=((GivenFile("usr/bin/x", b"", 0o777, FileType.SYMLINK, "y"),),)), "a link"),
        Example(GivenImage(layers=((GivenFile("srv/data/file", b"x", 0o666),),)), "data of an application"),
    ),
)


def _worse(file: SpecialFile) -> bool:
    """Where programs and settings of the system lie."""
    head = file.path.partition("/")[0]
    return head in _SYSTEM and not file.path.startswith(_OWN_PLACES)


def _counts(file: SpecialFile) -> bool:
    if not file.mode & _OTHERS_WRITE or file.path.startswith(("dev/", "proc/", "sys/", "tmp/", "var/tmp/", "run/")):
        return False
    if file.type is FileType.DIRECTORY:
        return not file.mode & _STICKY and file.path not in ("tmp", "var/tmp", "run/lock", "var/lock", "dev", "proc", "sys")
    if "/.cache/" in file.path or file.path.endswith((".lock", "/lock")):
        return False  # what several programs write in turn
    return file.type is FileType.REGULAR and not file.mode & 0o111 and _worse(file)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for the system's places, and one for others."""
    found = [file for file in facts.special if _counts(file)]
    for several, severity in (
        ([f for f in found if _worse(f)], Severity.MEDIUM),
        ([f for f in found if not _worse(f)], Severity.LOW),
    ):
        if several:
            names = ", ".join(file.path for file in several[:_SHOWN])
            yield Hit(
                location=several[0].path,
                evidence=", ".join(f"{f.path} {f.mode:04o}" for f in several[:_SHOWN]),
                layer=several[0].layer,
                package=several[0].package,
                values={"count": str(len(several)), "names": names + ("…" if len(several) > _SHOWN else "")},
                severity=Severity.LOW if all(f.package for f in several) else severity,
            )


DETECTOR = Detector(SPEC, judge)
