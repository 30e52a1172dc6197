"""`periderm scan`: what an image, folder, repository, bill of materials, container or host holds, what is wrong with it,
and what to change. Stores nothing unless told to."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from periderm import wiring
from periderm.app.gate import judge_gate
from periderm.app.judge_image import verdict_of
from periderm.app.report import Order, scan_target, without_files
from periderm.app.rule_gate import judge_rules, read_rules
from periderm.app.write_report import FORMS, form_of, write_report
from periderm.cli import scan_registry
from periderm.cli.output import Output
from periderm.cli.scan_rules import asked_gate, rule_lines
from periderm.cli.scan_table import gate_line, show
from periderm.model.build import Verdict
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.report import Report, Scanner, TargetKind
from periderm.model.settings import Settings
from periderm.model.text import Text

if TYPE_CHECKING:
    pass

EXIT_FOUND = 1
_OF_CODE = (TargetKind.REPOSITORY, TargetKind.PIPELINE)
_STORED = Text("Stored: {digest}", "已存入：{digest}")
KINDS = {
    "image": TargetKind.IMAGE,
    "fs": TargetKind.FILESYSTEM,
    "repo": TargetKind.REPOSITORY,
    "sbom": TargetKind.SBOM,
    "container": TargetKind.CONTAINER,
    "host": TargetKind.HOST,
    "disk": TargetKind.DISK,
    "pipeline": TargetKind.PIPELINE,
    "registry": TargetKind.IMAGE,
}
_TARGETS = (
    "image: an archive of `podman save` or `docker save`, an OCI archive or layout folder, podman:NAME, docker:NAME, "
    "containerd:NAME; fs: a folder with a root file system; repo: a source folder, or a git repository by its path or "
    "address; sbom: a CycloneDX or SPDX file, '-' for standard input; container: its id or name; host: nothing; "
    "disk: a disk image (raw, qcow2, VMDK, VHD, VHDX), a block device, or where one is mounted; "
    "pipeline: a source folder, of which only build and deployment files are judged; "
    "registry: HOST/REPOSITORY:TAG, or HOST/REPOSITORY with --all-tags or --tags"
)


def _kind(word: str) -> str:
    """The word, which `choices` judges; one that looks like a target gets the command line that was meant."""
    if word in KINDS or not any(sign in word for sign in "./:"):
        return word
    raise argparse.ArgumentTypeError(f"say what {word!r} is first, as in `periderm scan image {word}` ({', '.join(KINDS)})")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("what", type=_kind, choices=tuple(KINDS), help="what kind of thing to look into")
    parser.add_argument("target", metavar="TARGET", nargs="?", default="", help=_TARGETS)
    scan_registry.configure(parser)
    parser.add_argument("--image", metavar="NAME", default="", help="which image of an archive that holds several")
    parser.add_argument(
        "--partition",
        metavar="NAME",
        default="",
        help="with disk: another file system than the root with what it mounts: a partition's number, a UUID, a label, "
        "or GROUP/VOLUME",
    )
    parser.add_argument(
        "--scanners",
        metavar="LIST",
        default="",
        help=f"what to look for, with commas: {', '.join(Scanner)} (default: all)",
    )
    forms = ("table", *FORMS)
    how = f"how to print it: {', '.join(forms)} (default: table)"
    parser.add_argument("--format", choices=forms, metavar="FORM", default="", help=how)
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
    parser.add_argument(
        "--sarif",
        metavar="FILE",
        action="append",
        default=[],
        help="what a code analyser found (SARIF 2.1.0), to be judged, excepted and told with the rest; may be repeated",
    )
    parser.add_argument("--vex", metavar="FILE", action="append", default=[], help=told)
    parser.add_argument(
        "--licence-policy",
        metavar="FILE",
        default="",
        help="licences that are allowed, to review, forbidden (default: .periderm/licences.yaml, as above)",
    )
    rules = "a folder of YARA rules that are looked for too (besides those in the state's folder 'yara')"
    parser.add_argument("--yara", metavar="FOLDER", default="", help=rules)
    listed = "services to be told of, as YAML (besides those in the state's file services.yaml)"
    parser.add_argument("--services", metavar="FILE", default="", help=listed)
    parser.add_argument(
        "--trust",
        metavar="FILE",
        default="",
        help="from where images may come, and who must have signed (default: .periderm/trust.yaml, as above)",
    )
    parser.add_argument(
        "--signature",
        metavar="PATH",
        action="append",
        default=[],
        help="a Sigstore bundle, signed envelope or layout folder with signatures of the image; may be given several times",
    )
    parser.add_argument("--ignore-unfixed", action="store_true", help="leave out vulnerabilities without a fix, and count them")
    parser.add_argument(
        "--staged", action="store_true", help="with repo: only what git has staged, as it would be committed (for hooks)"
    )
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
    gate = asked_gate(options.fail_on, out)
    asking = scan_registry.client(options, settings, out)
    parts = wiring.report_parts(
        settings,
        cached=not options.no_cache,
        required=options.require_sandbox,
        asking=asking,
        yara=options.yara,
        services=options.services,
    )
    order = Order(
        kind=KINDS[options.what],
        target=_target(options),
        image=_chosen(options),
        scanners=_scanners(options.scanners),
        exceptions=options.exceptions,
        vex=tuple(options.vex),
        sarif=tuple(options.sarif),
        licence_policy=options.licence_policy,
        ignore_unfixed=options.ignore_unfixed,
        files=options.files or options.store,
        offline=options.offline,
        platform=options.platform,
        staged=_staged(options),
        trust=options.trust,
        signatures=tuple(options.signature),
    )
    rules = read_rules(parts.documents, options.policy, order.target if order.kind in _OF_CODE else "")
    if scan_registry.several(options):

        def fails(each: Report) -> bool:
            if options.store:
                _store(each, settings, out, verdict_of(each, gate, rules))
            return bool(judge_gate(gate, each)) or any(r.fails and r.findings for r in judge_rules(rules, each))

        tags = scan_registry.Tags(options.tags, form, tuple(files))
        return EXIT_FOUND if scan_registry.scan_tags(order, parts, asking(), out, tags, fails) else 0
    report = scan_target(parts, order, progress=out.progress)
    for gap in parts.gaps():
        out.note(out.say(gap))
    if options.store:
        _store(report, settings, out, verdict_of(report, gate, rules))
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


def _store(report: Report, settings: Settings, out: Output, verdict: Verdict | None) -> None:
    """Into this machine's store, which is made if there is none yet."""
    from periderm.app.keep_report import keep_report

    with wiring.keeper(settings) as app:
        keep_report(app, LOCAL_ADMIN, report, verdict)
    out.note(out.say(_STORED.fill(digest=report.inventory.digest)))


def _target(options: argparse.Namespace) -> str:
    target: str = options.target
    if options.what == "host":
        if target:
            raise UsageError(f"`periderm scan host` takes no target, but {target!r} was given.", "Leave it out.")
        return ""
    if not target and (options.what == "pipeline" or options.staged):
        return "."
    if not target:
        raise UsageError(f"What is to be scanned? `periderm scan {options.what}` needs a target.", "See periderm scan --help.")
    return scan_registry.target_of(options)


def _chosen(options: argparse.Namespace) -> str:
    """One of several: an image of an archive, a file system of a disk."""
    if options.partition and options.what != "disk":
        raise UsageError("Only a disk has partitions.", "Write periderm scan disk … --partition NAME.")
    return str(options.partition or options.image)


def _staged(options: argparse.Namespace) -> bool:
    if options.staged and options.what != "repo":
        raise UsageError("Only a repository has staged files.", "Write periderm scan repo --staged.")
    return bool(options.staged)


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
