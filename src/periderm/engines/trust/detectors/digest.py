"""Finds images that are none of those that the trust policy names by digest."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.trust.facts import Detector, Hit, TrustFacts, plain
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.model.trust import TrustRule

_A, _B, _C = (f"sha256:{letter * 64}" for letter in "abc")
_RULE = TrustRule(images=("*",), digests=(_A, _B))

SPEC: DetectorSpec[TrustFacts] = DetectorSpec(
    id="TRU-004",
    title=Text("Run an image whose digest is not allowed", "镜像摘要未获允许"),
    message=Text(
        "The image {digest} is none of the {count} that the rule '{rule}' names.",
        "镜像 {digest} 不在规则“{rule}”列出的 {count} 个摘要之中。",
    ),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Use one of the images that the rule names by digest, or add this digest once you have looked at the image.",
        "请使用规则按摘要列出的镜像之一；若已审查该镜像，可将其摘要加入规则。",
    ),
    techniques=("T1195.002", "T1525"),
    fires=(
        Example(TrustFacts(rule=_RULE, digests=(_C,), image_digest=_C), "another image under the same name"),
        Example(TrustFacts(rule=_RULE, image_digest=_C), "an archive, known by its configuration alone"),
    ),
    quiet=(
        Example(TrustFacts(rule=_RULE, digests=(_C, _A)), "its index is named, and not its manifest"),
        Example(TrustFacts(rule=_RULE, image_digest=_B), "its configuration is named"),
    ),
)


def judge(facts: TrustFacts) -> Iterator[Hit]:
    """At most one hit."""
    rule = facts.rule
    if rule is None or not rule.digests or {*facts.digests, facts.image_digest} & {*rule.digests}:
        return
    own = facts.digests[-1] if facts.digests else facts.image_digest
    yield Hit(
        key="digest",
        location="image",
        evidence=plain(own),
        values={"digest": plain(own), "count": str(len(rule.digests)), "rule": plain(rule.name)},
    )


DETECTOR = Detector(SPEC, judge)
