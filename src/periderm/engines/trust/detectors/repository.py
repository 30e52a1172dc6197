"""Finds images from a repository that the trust policy does not name."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.trust.facts import Detector, Hit, TrustFacts, listed, plain
from periderm.engines.trust.matching import fits
from periderm.model.detector import DetectorSpec, Example
from periderm.model.registry import ImageReference
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.model.trust import TrustRule

_RULE = TrustRule(images=("registry.example.org/*",), repositories=("shop/*", "base/debian"))

SPEC: DetectorSpec[TrustFacts] = DetectorSpec(
    id="TRU-003",
    title=Text("Get an image from a repository that is not allowed", "镜像来自未获允许的存储库"),
    message=Text(
        "The image comes from the repository {repository}; the rule '{rule}' allows {allowed}.",
        "镜像来自存储库 {repository}；规则“{rule}”只允许 {allowed}。",
    ),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Use an image of an allowed repository, or add this repository to the rule's `repositories`.",
        "请使用获允许的存储库中的镜像，或把该存储库加入规则的 `repositories`。",
    ),
    techniques=("T1195.002", "T1204.003"),
    fires=(
        Example(
            TrustFacts(rule=_RULE, reference=ImageReference(registry="registry.example.org", repository="private/web")),
            "another team's repository",
        ),
        Example(
            TrustFacts(rule=_RULE, reference=ImageReference(registry="registry.example.org", repository="base/debian2")),
            "a name that only begins alike",
        ),
    ),
    quiet=(
        Example(
            TrustFacts(rule=_RULE, reference=ImageReference(registry="registry.example.org", repository="shop/web")),
            "a pattern is for it",
        ),
        Example(
            TrustFacts(rule=_RULE, reference=ImageReference(registry="registry.example.org", repository="base/debian")),
            "it is named",
        ),
    ),
)


def judge(facts: TrustFacts) -> Iterator[Hit]:
    """At most one hit."""
    rule, reference = facts.rule, facts.reference
    if rule is None or not rule.repositories or reference is None:
        return
    if any(fits(pattern, (reference.repository,)) for pattern in rule.repositories):
        return
    values = {
        "repository": plain(reference.repository),
        "rule": plain(rule.name),
        "allowed": listed(rule.repositories),
    }
    yield Hit(key="repository", location="image", evidence=plain(str(reference)), values=values)


DETECTOR = Detector(SPEC, judge)
