"""`periderm scan`: what an image, folder, repository, bill of materials, container or host holds, what is wrong with it,
and what to change. Stores nothing unless told to."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from periderm import wiring
from periderm.app.gate import judge_gate, read_gate
from periderm.app.report import Order, scan_target, without_files
from periderm.app.rule_gate import judge_rules, read_rules
from periderm.app.write_report import FORMS, form_of, write_report
from periderm.cli.output import Output
from periderm.cli.scan_rules import rule_lines
from periderm.cli.scan_table import gate_line, show
from periderm.model.errors import RuleError, UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.report import Report, Scanner, TargetKind
from periderm.model.settings import Settings
from periderm.model.text import Text

if TYPE_CHECKING:
    from periderm.app.gate import Gate

EXIT_FOUND = 1
_STORED = Text("Stored: {digest}", "已存入：{digest}")
KINDS = {
    "image": TargetKind.IMAGE,
    "fs": TargetKind.FILESYSTEM,
    "repo": TargetKind.REPOSITORY,
    "sbom": TargetKind.SBOM,
    "container": TargetKind.CONTAINER,
    "host": TargetKind.HOST,
}
_TARGETS = (
    "image: an archive of `podman save` or `docker save`, an OCI archive or layout folder, podman:NAME, docker:NAME, "
    "containerd:NAME; fs: a folder with a root file system; repo: a source folder, or a git repository by its path or "
    "address; sbom: a CycloneDX or SPDX file, '-' for standard input; container: its id or name; host: nothing"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("what", choices=tuple(KINDS), help="what kind of thing to look into")
    parser.add_argument("target", metavar="TARGET", nargs="?", default="", help=_TARGETS)
    parser.add_argument("--image", metavar="NAME", default="", help="which image of an archive that holds several")
    parser.add_argument(
        "--scanners",
        metavar="LIST",
        default="",
        help=f"what to look for, with commas: {', '.join(Scanner)} (default: all)",
    )
    parser.add_argument("--format", choices=("table", *FORMS), default="", help="how to print it (default: table)")
    parser.add_argument(
        "--output",
        metavar="[FORMAT=]FILE",
        action="append",
        default=[],
        help="write it into a file too, in this form or the one that the file's name ends in; may be given several times",
    )
    parser.add_argument(
        "--fail-on",
        metavar="CONDITION",
        default="",
        help="exit with 1 if a finding meets it: a severity, or a condition like 'severity >= high && fixed'",
    )
    parser.add_argument(
        "--policy",
        metavar="FILE",
        default="",
        help="conditions with names and tests that fail or warn (default: .periderm/policy.yaml of a source folder, or of "
        "the folder where the command runs)",
    )
    parser.add_argument(
        "--exceptions",
        metavar="FILE",
        default="",
        help="what does not count, why and until when (default: .periderm/exceptions.yaml of a source folder, or of the "
        "folder where the command runs)",
    )
    told = "statements of what does not affect it (OpenVEX, CSAF, CycloneDX)"
    parser.add_argument("--vex", metavar="FILE", action="append", default=[], help=told)
    parser.add_argument(
        "--licence-policy",
        metavar="FILE",
        default="",
        help="licences that are allowed, to review, forbidden (default: .periderm/licences.yaml, as above)",
    )
    parser.add_argument("--ignore-unfixed", action="store_true", help="leave out vulnerabilities without a fix, and count them")
    parser.add_argument("--all", action="store_true", help="one row for each finding, however many there are")
    parser.add_argument("--files", action="store_true", help="with json: the files of each package too")
    parser.add_argument("--store", action="store_true", help="put the result into this machine's store, as `periderm up` does")
    parser.add_argument("--no-cache", action="store_true", help="read everything again")
    parser.add_argument(
        "--require-sandbox", action="store_true", help="do not scan where the kernel lacks a part of the sandbox"
    )
    parser.add_argument(
        "--offline", action="store_true", help="fetch nothing, not even a repository that is named by its address"
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Scans, prints and writes; 1 if the gate is met."""
    files = [_file(given, options.format) for given in options.output]
    out.json = out.json or options.format == "json"  # an error is then JSON too
    form = options.format or ("json" if out.json else "table")
    if form in (written for written, _ in files):
        form = "table"  # what was asked for lies in its file: people see the table
    gate = _gate(options.fail_on, out)
    parts = wiring.report_parts(settings, cached=not options.no_cache, required=options.require_sandbox)
    order = Order(
        kind=KINDS[options.what],
        target=_target(options),
        image=options.image,
        scanners=_scanners(options.scanners),
        exceptions=options.exceptions,
        vex=tuple(options.vex),
        licence_policy=options.licence_policy,
        ignore_unfixed=options.ignore_unfixed,
        files=options.files or options.store,
        offline=options.offline,
    )
    rules = read_rules(parts.documents, options.policy, order.target if order.kind is TargetKind.REPOSITORY else "")
    report = scan_target(parts, order, progress=out.progress)
    for gap in parts.gaps():
        out.note(out.say(gap))
    if options.store:
        _store(report, settings, out)
        report = report if options.files else without_files(report)
    tripped, judged = judge_gate(gate, report), judge_rules(rules, report)
    for written, path in files:
        parts.documents.write(path, write_report(report, written, out.language))
    if form == "table":
        show(report, out, whole=options.all, now=parts.clock.now())
    else:
        out.raw(write_report(report, form, out.language))
    if gate is not None:
        gate_line(tripped, gate.text, out)
    failed = rule_lines(judged, out)
    return EXIT_FOUND if tripped or failed else 0


def _store(report: Report, settings: Settings, out: Output) -> None:
    """Into this machine's store, which is made if there is none yet."""
    from periderm.app.keep_report import keep_report

    with wiring.keeper(settings) as app:
        keep_report(app, LOCAL_ADMIN, report)
    out.note(out.say(_STORED.fill(digest=report.inventory.digest)))


def _gate(condition: str, out: Output) -> Gate | None:
    """The condition of `--fail-on`; what is wrong with it is pointed at."""
    if not condition:
        return None
    try:
        return read_gate(condition)
    except RuleError as error:
        if error.column and "\n" not in condition:
            out.point(condition, error.column)
        raise


def _target(options: argparse.Namespace) -> str:
    target: str = options.target
    if options.what == "host":
        if target:
            raise UsageError(f"`periderm scan host` takes no target, but {target!r} was given.", "Leave it out.")
        return ""
    if not target:
        raise UsageError(f"What is to be scanned? `periderm scan {options.what}` needs a target.", "See periderm scan --help.")
    return target


def _scanners(given: str) -> frozenset[Scanner]:
    names = [name.strip() for name in given.split(",") if name.strip()] or list(Scanner)
    unknown = [name for name in names if name not in frozenset(Scanner)]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is nothing that is looked for.", f"Choose from {', '.join(Scanner)}.")
    return frozenset(Scanner(name) for name in names)


def _file(given: str, wanted: str) -> tuple[str, str]:
    """(form, path) of `--output`."""
    name, equals, path = given.partition("=")
    if equals and name in FORMS:
        form = name
    else:
        form, path = ("" if wanted == "table" else wanted) or form_of(given), given
    if not path:
        raise UsageError(f"--output {given!r} names no file.", "Write --output FORMAT=FILE.")
    if not form:
        next_step = f"Write --output FORMAT={path} with one of {', '.join(FORMS)}."
        raise UsageError(f"In which form is {path} to be written?", next_step)
    return form, path
