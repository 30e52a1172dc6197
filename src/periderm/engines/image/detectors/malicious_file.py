"""Finds files that a content rule knows: web shells, reverse shells, miners, droppers. What the rules are is not known here."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts, SuspectFile
from periderm.engines.image.suspects import GONE, hit_of
from periderm.model.content import ContentMatch
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SHELL = ContentMatch(
    rule="CON-001",
    title="Find a web shell",
    title_zh="发现网页后门",
    severity=Severity.CRITICAL,
    techniques=("T1505.003",),
    found=("eval($_POST",),
)
_USERS = ContentMatch(rule="yara:mine", title="mine", found=("x",), source="mine.yar")

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-060",
    title=Text("Contain a malicious file", "含有恶意文件"),
    message=Text("{path} ({kind}): {what}.{more}", "{path}（{kind}）：{what}。{more}"),
    severity=Severity.CRITICAL,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Do not run the image. Find the build step that brought the file (its layer is told), and what that step fetched.",
        "不要运行该镜像。请根据所在的层找出引入该文件的构建步骤及其下载内容。",
    ),
    techniques=("T1505.003", "T1105"),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("var/www/html/x.php", b"<?php", matches=(_SHELL,)),),)),
            "a web shell among the pages",
        ),
        Example(
            GivenImage(
                layers=(
                    (GivenFile("srv/x.php", b"<?php", matches=(_SHELL,)),),
                    (GivenFile("srv/.wh.x.php"),),
                )
            ),
            "a later layer deletes it, and whoever ran the build has met it",
        ),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("var/www/html/index.php", b"<?php echo 1;"),),)), "a page"),
        Example(GivenImage(layers=((GivenFile("opt/x", b"x", matches=(_USERS,)),),)), "a user's rule is told by its own name"),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a file, with all rules that matched."""
    for file in facts.suspects:
        own = tuple(match for match in file.matches if not match.rule.startswith("yara:"))
        if own:
            yield hit_of(file, own, GONE if file.gone else _mild(file))


def _mild(file: SuspectFile) -> Text:
    """Nothing, if nothing makes it milder."""
    if file.package:
        return Text(f" The package {file.package} brought it.", f"它来自软件包 {file.package}。")
    return Text("", "")


DETECTOR = Detector(SPEC, judge, FindingKind.MALWARE)
