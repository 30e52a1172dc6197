"""RUN-161: the content of a file that was executed, dropped or written is that of an attacker's tool.

The content rules have found what it is; who did it, and how it came, stands in the process's lineage. A web shell in a served
folder is another detector's.
"""

from __future__ import annotations

from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

UNFINISHED = "unfinished"  # in place of a rule
_SEVERITIES = {severity.name.lower(): severity for severity in Severity}
_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.raw == UNFINISHED:
        return None  # a look that was not finished is told as a gap
    digest, severity, techniques, title, source, *found = (*event.argv, "", "", "", "", "")
    level = _SEVERITIES.get(severity, Severity.HIGH)
    if context.building or context.package_manager is not None:
        level = lower(level, 2)  # what a build or a package brings is the scanner's to judge
    evidence = {"rule": event.raw, "sha256": digest, "size": str(event.arg0), "matched": " | ".join(f for f in found if f)}
    if source:
        evidence["rules_file"] = source
    return Verdict(
        object=event.text or context.process.exe,
        severity=level,
        fill={"what": title or event.raw},
        evidence={name: value for name, value in evidence.items() if value},
        techniques=tuple(techniques.split()) or (),
    )


def _content(severity: str, techniques: str, title: str) -> tuple[str, ...]:
    return (_DIGEST, severity, techniques, title, "", "a piece")


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-161",
        title=Text("Run or drop a file of known bad content", "运行或投放内容已知恶意的文件"),
        message=Text(
            "{process} in {subject} ran or wrote {object}: {what}",
            "{subject} 中的 {process} 运行或写入了 {object}：{what}",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Take the file as evidence (`periderm respond capture`), quarantine it, and look at how its process came. Make the "
            "root file system read-only, so that nothing can be dropped.",
            "请取证（`periderm respond capture`）、隔离该文件，并查明其进程的来源。将根文件系统设为只读，以防再次投放。",
        ),
        techniques=("T1105",),
        behaviours=(5, 62),
        fires=(
            Example(
                scene(
                    runs(2, 1, "/tmp/k", "k", flags=EventFlag.UPPER),
                    row(
                        EventKind.CONTENT, 2, "/tmp/k", raw="CON-003",
                        argv=_content("high", "T1496.001", "Find a coin miner"),
                    ),
                ),
                "a miner that was dropped and started",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dash", "sh", "/tmp/x.sh", on=HOST),
                    row(
                        EventKind.CONTENT, 2, "/tmp/x.sh", raw="yara:MyRule", on=HOST,
                        argv=(_DIGEST, "critical", "", "a rule of the user's", "mine.yar"),
                    ),
                ),
                "a user's own rule on a plain host",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(2, 1, "/tmp/k", "k", flags=EventFlag.UPPER),
                    row(EventKind.CONTENT, 2, "/tmp/k", raw=UNFINISHED, argv=(_DIGEST, "", "", "the rules took too long", "")),
                ),
                "a look that was not finished says nothing of the file",
            ),
        ),
    ),
    interests=(Interest(kinds=(EventKind.CONTENT,)),),
    judge=_judge,
)  # fmt: skip
