"""Finds images that are built on a base image which the trust policy does not name.

A base counts as named by its layers where the policy gives them; by its name only where its layers prove the name (a known
image has the same ones) or the builder wrote it into the history. A label alone proves nothing: it is inherited and free text.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.trust.facts import Detector, Hit, TrustFacts, listed, plain
from periderm.engines.trust.matching import fits
from periderm.model.base_image import BaseEvidence, BaseImage
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.model.trust import AllowedBase, TrustRule

_A, _B, _C = (f"sha256:{letter * 64}" for letter in "abc")
_RULE = TrustRule(images=("*",), bases=(AllowedBase(name="*debian:12*"), AllowedBase(name="base", layers=(_A,))))
_NAME_PROVEN = (BaseEvidence.LAYERS, BaseEvidence.BUILDER)

SPEC: DetectorSpec[TrustFacts] = DetectorSpec(
    id="TRU-005",
    title=Text("Build on a base image that is not allowed", "基于未获允许的基础镜像构建"),
    message=Text(
        "The image is built on {base}; the rule '{rule}' allows {allowed}.",
        "镜像基于 {base} 构建；规则“{rule}”只允许 {allowed}。",
    ),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Build it again on one of the allowed base images, or add this one to the rule's `bases`, best with its layers.",
        "请改用获允许的基础镜像重新构建，或把该基础镜像加入规则的 `bases`（最好写明其层）。",
    ),
    techniques=("T1195.002",),
    fires=(
        Example(
            TrustFacts(
                rule=_RULE, layers=(_B, _C), base=BaseImage(name="docker.io/library/alpine:3", evidence=BaseEvidence.LAYERS)
            ),
            "a known image that is not named",
        ),
        Example(
            TrustFacts(
                rule=_RULE, layers=(_B, _C), base=BaseImage(name="docker.io/library/debian:12", evidence=BaseEvidence.LABEL)
            ),
            "only a label says that it is an allowed one",
        ),
        Example(TrustFacts(rule=_RULE, layers=(_B, _C)), "nobody can say on what it is built"),
    ),
    quiet=(
        Example(
            TrustFacts(
                rule=_RULE, layers=(_B, _C), base=BaseImage(name="docker.io/library/debian:12.5", evidence=BaseEvidence.LAYERS)
            ),
            "its layers are those of an allowed one",
        ),
        Example(TrustFacts(rule=_RULE, layers=(_A, _B)), "its lowest layer is that of an allowed one"),
        Example(
            TrustFacts(rule=_RULE, layers=(_B,), base=BaseImage(name="debian:12", evidence=BaseEvidence.BUILDER)),
            "the builder wrote it down",
        ),
    ),
)


def judge(facts: TrustFacts) -> Iterator[Hit]:
    """At most one hit."""
    rule = facts.rule
    if rule is None or not rule.bases or not facts.judged or any(allowed(base, facts) for base in rule.bases):
        return
    told = facts.base.name if facts.base.evidence in _NAME_PROVEN else ""
    base: str | Text = plain(told) or Text("an image that cannot be told for sure", "无法确定的镜像")
    if not told and facts.base.name:
        name = plain(facts.base.name)
        base = Text(f"an image that a label calls {name}, which proves nothing", f"标签自称为 {name} 的镜像（标签不构成证明）")
    names = tuple(b.name or f"{len(b.layers)} layers" for b in rule.bases)
    yield Hit(
        key="base",
        location="image",
        evidence=plain(facts.base.name),
        values={"base": base, "rule": plain(rule.name), "allowed": listed(names)},
    )


def allowed(base: AllowedBase, facts: TrustFacts) -> bool:
    """Whether the image is built on this base."""
    if base.layers:
        return facts.layers[: len(base.layers)] == base.layers
    return facts.base.evidence in _NAME_PROVEN and fits(base.name, (facts.base.name,))


DETECTOR = Detector(SPEC, judge)
