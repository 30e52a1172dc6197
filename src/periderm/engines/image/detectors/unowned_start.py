"""Finds what starts by itself and came with no package: an image tells all of it in one finding. Few containers run cron or
systemd: what lies there is forgotten, or waits."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image import starts
from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SHOWN = 10
_LOGIN = "login"
# Made when the system is set up, and in no package's list.
_MADE = frozenset(
    [
        "root/.bashrc",
        "root/.profile",
        "etc/environment",
        "etc/profile",
        "etc/bash.bashrc",
        "etc/crontab",
        "etc/apt/apt.conf.d/docker-clean",
        "etc/apt/apt.conf.d/docker-gzip-indexes",
        "etc/apt/apt.conf.d/docker-no-languages",
        "etc/dpkg/dpkg.cfg.d/docker",
        "etc/apt/apt.conf.d/docker-autoremove-suggests",
        "etc/dpkg/dpkg.cfg.d/docker-apt-speedup",
        "etc/crontabs/root",
    ]
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-068",
    title=Text("Start something by itself that no package brought", "自启动项不属于任何软件包"),
    message=Text(
        "{count} files start something by themselves and came with no package: {names}.",
        "{count} 个自启动文件不属于任何软件包：{names}。",
    ),
    severity=Severity.LOW,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Keep those that the image needs, and remove the others; schedule work outside the container.",
        "保留镜像所需的项，删除其余项；定时任务应在容器之外安排。",
    ),
    techniques=("T1053.003", "T1543.002"),
    fires=(
        Example(
            GivenImage(
                layers=((GivenFile("etc/cron.d/own", b"0 3 * * * root /opt/x\n"),),), owners=(("usr/bin/env", "coreutils"),)
            ),
            "a job of nobody's package",
        ),
    ),
    quiet=(
        Example(
            GivenImage(
                layers=((GivenFile("etc/cron.d/e2scrub", b"30 3 * * 0 root /sbin/e2scrub_all\n"),),),
                owners=(("etc/cron.d/e2scrub", "e2fsprogs"),),
            ),
            "a package's job",
        ),
        Example(
            GivenImage(layers=((GivenFile("home/a/.bashrc", b"alias l=ls\n"),),), owners=(("usr/bin/env", "coreutils"),)),
            "a user's own settings",
        ),
        Example(GivenImage(layers=((GivenFile("etc/cron.d/own", b"0 3 * * * root /x\n"),),)), "no packages at all"),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for an image."""
    if not facts.managed:
        return
    found = [
        noted
        for noted in facts.noted
        if noted.note.what == starts.START
        and noted.reader == "IMG-068-starts"
        and not noted.package
        and noted.path not in _MADE
        and not (noted.note.values.get("kind") == _LOGIN and not noted.path.startswith("etc/"))
    ]
    if found:
        names = ", ".join(noted.path for noted in found[:_SHOWN])
        yield Hit(
            location=found[0].path,
            evidence=names,
            layer=found[0].layer,
            values={"count": str(len(found)), "names": names + ("…" if len(found) > _SHOWN else "")},
        )


DETECTOR = Detector(SPEC, judge, FindingKind.MALWARE, readers=starts.readers("IMG-068"))
