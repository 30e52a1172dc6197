"""Says what of a trust policy could not be checked: it is no trust, and no proof of the contrary."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.trust.facts import Detector, Hit, TrustFacts, plain
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.model.trust import KeySigner, TrustRule, Vouched

_RULE = TrustRule(images=("*",), signatures=(KeySigner(key=b"", file="release.pub"),))
_AGED = TrustRule(images=("*",), max_age=1)

SPEC: DetectorSpec[TrustFacts] = DetectorSpec(
    id="TRU-011",
    title=Text("Miss a part of the trust check", "信任检查未能覆盖某一部分"),
    message=Text("Not checked: {what}", "未检查：{what}"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Let the scan reach the registry, scan the image by its registry's name, or give `--signature FILE`.",
        "请让扫描能够访问镜像仓库，或以镜像仓库中的名称扫描，或用 `--signature FILE` 提供签名文件。",
    ),
    techniques=("T1195.002",),
    fires=(
        Example(TrustFacts(rule=_RULE, unseen=(Text("the registry does not answer.", "镜像仓库无应答。"),)), "no answer"),
        Example(
            TrustFacts(rule=TrustRule(images=("*",), registries=("a",)), name="x.tar"), "an archive comes from no registry"
        ),
        Example(TrustFacts(rule=_AGED), "nobody knows its age"),
        Example(TrustFacts(broken=Text("the policy cannot be read.", "无法读取策略。")), "there is no policy to judge by"),
    ),
    quiet=(
        Example(TrustFacts(rule=_RULE, vouched=(Vouched(who="x", by="release.pub"),)), "signed and checked"),
        Example(
            TrustFacts(rule=_RULE, unseen=(Text("no answer.", "无应答。"),), vouched=(Vouched(who="x", by="release.pub"),)),
            "one signature that counts is enough, whatever else could not be fetched",
        ),
        Example(TrustFacts(), "no rule, nothing to check"),
    ),
)


def judge(facts: TrustFacts) -> Iterator[Hit]:
    """One hit for each thing."""
    for what in _missing(facts):
        yield Hit(
            key=f"unseen:{what.en}",
            location=f"limit:{plain(what.en)}",
            message=Text(SPEC.message.en.format(what=what.en), SPEC.message.zh.format(what=what.zh)),
        )


def _missing(facts: TrustFacts) -> Iterator[Text]:
    if facts.broken is not None:
        yield facts.broken
    for start in facts.starts:
        if start.reference is None:
            told = plain(start.text)
            yield Text(
                f"{plain(start.path)} line {start.line} builds on {told}, which is no name of an image.",
                f"{plain(start.path)} 第 {start.line} 行基于 {told} 构建，无法得知是哪个镜像。",
            )
    rule = facts.rule
    if rule is None or not facts.judged:
        return
    if facts.reference is None and (rule.registries or rule.repositories):
        yield Text("the image has no registry's name.", "该镜像没有镜像仓库名称。")
    if rule.max_age and not facts.created:
        yield Text("the image does not say when it was made.", "镜像未说明制作时间。")
    if rule.base_max_age and not facts.base_created:
        yield Text("nobody here knows how old the base image is.", "无法得知基础镜像的制作时间。")
    signed = any(not v.predicate for v in facts.vouched)
    attested = {a.type for a in rule.attestations} <= {v.predicate for v in facts.vouched}
    if rule.signatures and not (signed and attested):
        yield from facts.unseen


DETECTOR = Detector(SPEC, judge, FindingKind.NOT_EXAMINED)
