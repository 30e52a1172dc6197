"""`periderm trust`: from where images may come, on what they may be built, who must have signed: show, lint, check an image."""

from __future__ import annotations

import argparse

from periderm import wiring
from periderm.app.trust import TrustOrder, check_image, read_trust
from periderm.cli import trust_table
from periderm.cli.output import Output
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.model.trust import TrustPolicy, TrustRule

FOUND = 1
_FINE = Text("{policy}: {count} rules, nothing wrong.", "{policy}：{count} 条规则，未发现问题。")
_USUAL = "Write .periderm/trust.yaml, or name a file with --trust; docs/how-to/trust-base-images.md has an example."


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "action", choices=("show", "lint", "check"), nargs="?", default="show", help="what to do (default: show)"
    )
    parser.add_argument(
        "target",
        nargs="?",
        default="",
        metavar="IMAGE",
        help="check: an image as for `scan image`, or registry:HOST/REPOSITORY:TAG, whose layers are not fetched; show, lint: "
        "the policy",
    )
    parser.add_argument("--trust", metavar="FILE", default="", help="the policy (default: .periderm/trust.yaml)")
    parser.add_argument(
        "--signature",
        metavar="PATH",
        action="append",
        default=[],
        help="check: a Sigstore bundle, signed envelope or layout folder with signatures; may be given several times",
    )
    parser.add_argument("--offline", action="store_true", help="check: ask no registry")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Shows, lints or checks; 1 if the image is not trusted."""
    parts = wiring.report_parts(settings)
    checking = options.action == "check"
    if options.target and options.trust and not checking:
        raise UsageError("The policy was named twice.", "Name it once.")
    named = options.trust or ("" if checking else options.target)
    policy = read_trust(parts.documents, named)
    if policy is None:
        raise NotFoundError("There is no trust policy here.", _USUAL)
    if checking:
        return _check(options, policy, settings, out)
    _show(policy, out, whole=options.action == "show")
    return 0


def _show(policy: TrustPolicy, out: Output, *, whole: bool) -> None:
    if out.json:
        out.value({"policy": policy.where, "default": policy.otherwise, "rules": [_told(rule) for rule in policy.rules]})
        return
    if whole:
        out.table([out.say(head) for head in trust_table.HEAD], [trust_table.rule_row(rule) for rule in policy.rules])
        out.line(out.say(trust_table.default_line(policy)))
    else:
        out.line(out.say(_FINE.fill(policy=policy.where, count=len(policy.rules))))


def _told(rule: TrustRule) -> dict[str, object]:
    row = trust_table.rule_row(rule)
    return dict(zip(("name", "images", "from", "bases", "signers", "age"), row, strict=True))


def _check(options: argparse.Namespace, policy: TrustPolicy, settings: Settings, out: Output) -> int:
    if not options.target:
        raise UsageError("Which image is to be checked?", "periderm trust check registry:HOST/REPOSITORY:TAG")
    parts = wiring.report_parts(settings)
    if parts.trust is None or parts.known is None:
        raise UsageError("Nothing here can look for signatures.", "")
    order = TrustOrder(policy=policy, signatures=tuple(options.signature), offline=options.offline)
    trusted = check_image(
        parts.trust(), parts.scanner, order, options.target, known=parts.known().images(), progress=out.progress
    )
    if out.json:
        out.value({"verdict": trusted.verdict, "findings": trusted.findings})
        return 0 if trusted.verdict.trusted else FOUND
    out.line(out.paint(trusted.verdict.reference, "bold"))
    for digest in trusted.verdict.digests:
        out.line(digest)
    for line in trust_table.verdict_lines(trusted.verdict):
        out.line(out.say(line))
    for finding in trusted.findings:
        out.line(f"{finding.detector}: {out.say(finding.message)} {out.say(finding.remediation)}")
    return 0 if trusted.verdict.trusted else FOUND
