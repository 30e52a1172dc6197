"""What `periderm scan` does besides for images in registries: their options, and many tags of one repository at once."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from periderm import wiring
from periderm.app.report import Order, ReportParts, scan_target
from periderm.app.write_report import write_report
from periderm.cli.output import Output
from periderm.model.errors import PeridermError, UsageError
from periderm.model.report import Report
from periderm.model.settings import Settings
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.wiring.told import environment

if TYPE_CHECKING:
    from periderm.app.registry_tags import TaggedImage

SCHEMA = "periderm.reports/1"
_SUFFIX = {"sarif": "sarif.json", "cyclonedx": "cdx.json", "spdx": "spdx.json", "junit": "xml", "html": "html"}
_HEAD = (
    Text("TAGS", "标签"),
    Text("IMAGE", "镜像"),
    Text("PACKAGES", "软件包"),
    Text("CRITICAL", "严重"),
    Text("HIGH", "高"),
    Text("MEDIUM", "中"),
    Text("OTHERS", "其他"),
    Text("GATE", "门禁"),
)
_FAILED = Text("fails", "未通过")
_FINE = Text("passes", "通过")
_NOT_SCANNED = Text("{tag}: not scanned: {why}", "{tag}：未扫描：{why}")
_SUMS = Text(
    "{images} images of {tags} tags, {failed} could not be scanned.", "{tags} 个标签共 {images} 个镜像，{failed} 个无法扫描。"
)
_MORE = Text("{tag} and {count} more", "{tag} 等 {count} 个")
Judge = Callable[[Report], bool]


def configure(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(
        "--platform",
        metavar="OS/ARCH",
        default="",
        help="with a registry: which image of an index, as linux/arm64 (default: this machine's)",
    )
    parser.add_argument(
        "--insecure-registry",
        action="store_true",
        help="ask the registry that TARGET names without TLS, or whatever its certificate says",
    )
    parser.add_argument("--all-tags", action="store_true", help="with a registry: every tag of HOST/REPOSITORY")
    parser.add_argument("--tags", metavar="PATTERN", default="", help="with a registry: the tags that match, as '1.*'")


def target_of(options: argparse.Namespace) -> str:
    """The target, as `scan image` takes it. Raises UsageError for options that need a registry."""
    if options.what == "registry":
        return f"registry:{options.target.removeprefix('registry:')}"
    if options.all_tags or options.tags:
        raise UsageError(
            "Only a repository in a registry has tags.", "Write periderm scan registry HOST/REPOSITORY --all-tags."
        )
    return str(options.target)


def client(options: argparse.Namespace, settings: Settings, out: Output) -> Callable[[], Any]:
    """Makes the client of registries, as the options and the environment say."""

    def made() -> Any:
        chosen = wiring.registry_options(environment())
        if options.insecure_registry:
            from periderm.app.registry_tags import registry_of

            chosen = msgspec.structs.replace(chosen, insecure=(*chosen.insecure, registry_of(options.target)))
        return wiring.registry_client(settings, options=chosen, tell=out.progress, warn=lambda text: out.note(out.say(text)))

    return made


def several(options: argparse.Namespace) -> bool:
    """Whether many tags are meant."""
    return bool(options.all_tags or options.tags)


class Tags(NamedTuple):
    """Which tags, how the whole is printed, and the folders (with the form) that get a file for each image."""

    pattern: str
    form: str
    folders: tuple[tuple[str, str], ...]


def scan_tags(order: Order, parts: ReportParts, registry: Any, out: Output, tags: Tags, judge: Judge) -> bool:  # noqa: PLR0917 -- what `run` has made
    """Scans each image that the tags lead to; True if `judge` failed one. Raises the first error, after the others were
    scanned."""
    from periderm.app.registry_tags import choose_tags

    if tags.form not in ("table", "json"):
        raise UsageError(f"Many images do not fit into one {tags.form} document.", f"Write --output {tags.form}=FOLDER.")
    if order.offline:
        raise UsageError("A registry lies behind a network, and --offline was given.", "Scan saved archives instead.")
    images = choose_tags(registry, order.target, pattern=tags.pattern or "*", progress=out.progress)
    reports: list[tuple[TaggedImage, Report, bool]] = []
    first: PeridermError | None = None
    for image in images:
        try:
            if image.error:
                raise PeridermError(image.error)
            report = scan_target(
                parts, msgspec.structs.replace(order, target=f"registry:{image.reference}"), progress=out.progress
            )
        except PeridermError as error:
            first = first or error
            out.note(out.say(_NOT_SCANNED.fill(tag=", ".join(image.tags), why=str(error))))
            continue
        reports.append((image, report, judge(report)))
        for written, folder in tags.folders:
            path = os.path.join(folder, f"{image.tags[0]}.{_SUFFIX.get(written, 'json')}")
            os.makedirs(folder, exist_ok=True)
            parts.documents.write(path, write_report(report, written, out.language))
    if tags.form == "json":
        out.value({"schema": SCHEMA, "target": order.target, "reports": [_told(image, report) for image, report, _ in reports]})
    else:
        _table(reports, len(images), out)
    if first is not None:
        raise first
    return any(failed for _, _, failed in reports)


def _told(image: TaggedImage, report: Report) -> dict[str, object]:
    return {"tags": image.tags, "digest": image.digest, "report": msgspec.Raw(write_report(report, "json", "en"))}


def _table(reports: Sequence[tuple[TaggedImage, Report, bool]], images: int, out: Output) -> None:
    rows = []
    for image, report, failed in reports:
        counts = [sum(f.severity is s for f in report.findings) for s in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)]
        others = len(report.findings) - sum(counts)
        tag = image.tags[0]
        rows.append(
            [
                out.say(_MORE.fill(tag=tag, count=len(image.tags) - 1)) if len(image.tags) > 1 else tag,
                image.digest.partition(":")[2][:12],
                str(len(report.inventory.packages)),
                *(str(count) for count in counts),
                str(others),
                out.say(_FAILED if failed else _FINE),
            ]
        )
    out.table([out.say(head) for head in _HEAD], rows, right=(2, 3, 4, 5, 6))
    tags = sum(len(image.tags) for image, _, _ in reports)
    out.line(out.say(_SUMS.fill(images=len(reports), tags=tags, failed=images - len(reports))))
