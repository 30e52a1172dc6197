"""Looks at the build definition before anything is built: what is wrong in it costs no build. Builds nothing."""

from __future__ import annotations

import os

import msgspec

from periderm.app.build_parts import BuildOrder, BuildParts, Checked
from periderm.app.judge_image import judge_image
from periderm.app.materials import MOST_DEFINITION, definitions
from periderm.app.report import Order, scan_target
from periderm.flow.progress import Progress, quiet
from periderm.model.finding import Finding
from periderm.model.report import Report, TargetKind

_NAME = "Containerfile"  # by which the scanner knows what it reads, however the file is called


def check_definitions(parts: BuildParts, order: BuildOrder, progress: Progress = quiet) -> tuple[Checked, ...]:
    """What is found in each definition that lies in a file here, and what the gate says of it. Raises PeridermError."""
    found = []
    for path in definitions(order.command, parts.reports.documents):
        data = parts.reports.documents.read(path, MOST_DEFINITION)
        with parts.builder.folder() as folder:
            parts.reports.documents.write(os.path.join(folder, _NAME), data)
            wanted = Order(
                kind=TargetKind.PIPELINE, target=folder, reference=path, exceptions=order.exceptions, vex=order.vex, files=False
            )
            report = _renamed(scan_target(parts.reports, wanted, progress=progress), path)
        judged = judge_image(report, order.gate, order.pack, allowed=order.allow, by="local", reference=path)
        found.append(Checked(path=path, report=report, judged=judged))
    return tuple(found)


def _renamed(report: Report, path: str) -> Report:
    """With the file's own name instead of the one that it was looked at by."""

    def named(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(msgspec.structs.replace(f, location=path) if f.location == _NAME else f for f in findings)

    return msgspec.structs.replace(report, target=path, findings=named(report.findings), excepted=named(report.excepted))
