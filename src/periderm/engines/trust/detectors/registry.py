"""Finds images from a registry that the trust policy does not name."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.trust.facts import Detector, Hit, TrustFacts, listed, plain
from periderm.engines.trust.matching import fits
from periderm.model.detector import DetectorSpec, Example
from periderm.model.registry import ImageReference
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.model.trust import TrustRule

_RULE = TrustRule(images=("*",), registries=("registry.example.org", "*.mirror.example.org:5000"))

SPEC: DetectorSpec[TrustFacts] = DetectorSpec(
    id="TRU-002",
    title=Text("Get an image from a registry that is not allowed", "镜像来自未获允许的镜像仓库"),
    message=Text(
        "The image comes from {registry}; the rule '{rule}' allows {allowed}.",
        "镜像来自 {registry}；规则“{rule}”只允许 {allowed}。",
    ),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Copy the image to an allowed registry and use it from there, or add this registry to the rule's `registries`.",
        "将镜像复制到获允许的镜像仓库并从那里使用，或把该仓库加入规则的 `registries`。",
    ),
    techniques=("T1195.002", "T1204.003"),
    fires=(
        Example(
            TrustFacts(rule=_RULE, reference=ImageReference(registry="registry.example.net", repository="web", tag="1")),
            "another registry",
        ),
        Example(
            TrustFacts(rule=_RULE, reference=ImageReference(registry="registry.example.org.evil.example", repository="web")),
            "a name that only begins alike",
        ),
    ),
    quiet=(
        Example(
            TrustFacts(rule=_RULE, reference=ImageReference(registry="registry.example.org", repository="web")), "it is named"
        ),
        Example(
            TrustFacts(rule=_RULE, reference=ImageReference(registry="a.mirror.example.org:5000", repository="web")),
            "a pattern is for it",
        ),
        Example(TrustFacts(rule=_RULE, name="web.tar"), "an archive comes from no registry: that is told otherwise"),
    ),
)


def judge(facts: TrustFacts) -> Iterator[Hit]:
    """At most one hit."""
    rule, reference = facts.rule, facts.reference
    if rule is None or not rule.registries or reference is None or fits_one(rule.registries, reference.registry):
        return
    allowed = listed(rule.registries)
    yield Hit(
        key="registry",
        location="image",
        evidence=plain(str(reference)),
        values={"registry": plain(reference.registry), "rule": plain(rule.name), "allowed": allowed},
        remediation=Text(
            f"Copy the image to {allowed} and use it from there, or add '{plain(reference.registry)}' to the rule's "
            "`registries`.",
            f"将镜像复制到 {allowed} 并从那里使用，或把“{plain(reference.registry)}”加入规则的 `registries`。",
        ),
    )


def fits_one(patterns: tuple[str, ...], name: str) -> bool:
    """Whether one of the patterns is for the name."""
    return any(fits(pattern, (name,)) for pattern in patterns)


DETECTOR = Detector(SPEC, judge)
