"""Finds build files that begin with an image which the trust policy does not allow. Signatures are asked of built images."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.trust.facts import BuildStart, Detector, Hit, TrustFacts, listed, plain
from periderm.engines.trust.matching import fits, names_of, rule_for
from periderm.model.detector import DetectorSpec, Example
from periderm.model.registry import ImageReference
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.model.trust import Otherwise, TrustPolicy, TrustRule

_POLICY = TrustPolicy(
    rules=(
        TrustRule(images=("registry.example.org/*",), repositories=("base/*",)),
        TrustRule(images=("docker.io/library/debian:12*",)),
    )
)


def _start(registry: str, repository: str, tag: str = "1") -> TrustFacts:
    reference = ImageReference(registry=registry, repository=repository, tag=tag)
    start = BuildStart(path="Containerfile", line=1, text=str(reference), reference=reference)
    return TrustFacts(policy=_POLICY, starts=(start,), judged=False)


SPEC: DetectorSpec[TrustFacts] = DetectorSpec(
    id="TRU-010",
    title=Text("Build from an image that is not allowed", "构建文件使用未获允许的起始镜像"),
    message=Text("{path} builds on {image}: {why}.", "{path} 基于 {image} 构建：{why}。"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Begin with an image that the trust policy allows, or add a rule for this one.",
        "请改用信任策略允许的起始镜像，或为该镜像添加规则。",
    ),
    techniques=("T1195.002",),
    fires=(
        Example(_start("docker.io", "library/alpine"), "no rule is for it"),
        Example(_start("registry.example.org", "shop/web"), "its repository is not allowed"),
    ),
    quiet=(
        Example(_start("registry.example.org", "base/debian"), "its repository is allowed"),
        Example(_start("docker.io", "library/debian", "12-slim"), "a rule is for it and asks for nothing else"),
        Example(
            TrustFacts(policy=_POLICY, judged=False, starts=(BuildStart(path="Containerfile", line=1, text="$BASE"),)),
            "a variable: that is told otherwise",
        ),
    ),
)


def judge(facts: TrustFacts) -> Iterator[Hit]:
    """One hit for each line."""
    for start in facts.starts:
        why = _why(start.reference, facts.policy) if start.reference is not None else None
        if why is not None:
            image = plain(start.text)
            yield Hit(
                key=f"start:{start.path}:{start.text}",
                location=start.path,
                evidence=f"line {start.line}: {image}",
                values={"path": plain(start.path), "image": image, "why": why},
            )


def _why(reference: ImageReference, policy: TrustPolicy) -> Text | None:
    rule = rule_for(policy, reference, "")
    if rule is None:
        return Text("no rule is for it", "没有适用的规则") if policy.otherwise is Otherwise.REFUSE else None
    if rule.registries and not any(fits(each, (reference.registry,)) for each in rule.registries):
        allowed = listed(rule.registries)
        return Text(f"only {allowed} is allowed", f"只允许 {allowed}")
    if rule.repositories and not any(fits(each, (reference.repository,)) for each in rule.repositories):
        allowed = listed(rule.repositories)
        return Text(f"only the repositories {allowed} are allowed", f"只允许存储库 {allowed}")
    if rule.digests and reference.digest not in rule.digests:
        return Text("it is not named by one of the allowed digests", "未使用获允许的摘要指定")
    bases = tuple(base.name for base in rule.bases if base.name)
    if bases and not any(fits(each, names_of(reference)) for each in bases):
        return Text(f"only {listed(bases)} may be built on", f"只允许基于 {listed(bases)} 构建")
    return None


DETECTOR = Detector(SPEC, judge)
