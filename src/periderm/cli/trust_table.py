"""Tells in a terminal what a trust policy says of an image: who signed it, which signatures do not count, and why."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.cli.times import exact
from periderm.model.text import Text
from periderm.model.trust import KeySigner, Otherwise, Signer, TrustPolicy, TrustRule, TrustVerdict, Vouched

_TRUSTED = Text("Trusted by the rule '{rule}' of {policy}.", "符合 {policy} 的规则“{rule}”，可以信任。")
_ALLOWED = Text("No rule of {policy} is for it, and it allows such.", "{policy} 中没有适用的规则，默认允许。")
_NOT = Text("Not trusted by {policy} (rule: {rule}).", "不符合 {policy}（规则：{rule}），不予信任。")
_SIGNED = Text("Signed by {who} ({by}){when}: {what}", "由 {who}（{by}）签名{when}：{what}")
_IMAGE = Text("the image", "镜像")
_WHEN = Text(" at {time}", "，时间 {time}")
_CHECKED = Text("    verified: {checked}", "    已验证：{checked}")
_REFUSED = Text("Does not count: {where}: {why}{detail}", "不计入：{where}：{why}{detail}")
HEAD = (
    Text("RULE", "规则"),
    Text("FOR", "适用于"),
    Text("FROM", "来源"),
    Text("BUILT ON", "基础镜像"),
    Text("SIGNED BY", "签名者"),
    Text("NOT OLDER THAN", "最长期限"),
)
_NO_RULE = Text("none", "无")
_MOST = 12


def verdict_lines(verdict: TrustVerdict) -> Iterator[Text]:
    """The verdict and the signatures, the first few of each."""
    if verdict.trusted and verdict.rule:
        yield _TRUSTED.fill(rule=verdict.rule, policy=verdict.policy)
    elif verdict.trusted:
        yield _ALLOWED.fill(policy=verdict.policy)
    else:
        rule = verdict.rule or _NO_RULE.en
        yield Text(
            _NOT.en.format(policy=verdict.policy, rule=rule),
            _NOT.zh.format(policy=verdict.policy, rule=verdict.rule or _NO_RULE.zh),
        )
    for vouched in verdict.signers[:_MOST]:
        yield _signed(vouched)
        if vouched.checked:
            yield _CHECKED.fill(checked=", ".join(vouched.checked))
    for refused in verdict.refused[:_MOST]:
        detail = f" ({refused.detail})" if refused.detail else ""
        yield Text(
            _REFUSED.en.format(where=refused.where, why=refused.why.en, detail=detail),
            _REFUSED.zh.format(where=refused.where, why=refused.why.zh, detail=detail),
        )


def _signed(vouched: Vouched) -> Text:
    when = _WHEN.fill(time=exact(vouched.time * 10**9)) if vouched.time else Text("", "")
    what = Text(vouched.predicate, vouched.predicate) if vouched.predicate else _IMAGE
    return Text(
        _SIGNED.en.format(who=vouched.who, by=vouched.by, when=when.en, what=what.en),
        _SIGNED.zh.format(who=vouched.who, by=vouched.by, when=when.zh, what=what.zh),
    )


def rule_row(rule: TrustRule) -> tuple[str, ...]:
    """One rule of a policy."""
    bases = [base.name or f"{len(base.layers)} layers" for base in rule.bases]
    ages = [f"{age // 86_400} d" for age in (rule.max_age, rule.base_max_age) if age]
    return (
        rule.name,
        " ".join(rule.images),
        " ".join((*rule.registries, *rule.repositories, *(digest[:19] for digest in rule.digests))) or "-",
        " ".join(bases) or "-",
        " ".join((*map(_signer, rule.signatures), *(f"+ {a.type}" for a in rule.attestations))) or "-",
        " / ".join(ages) or "-",
    )


def _signer(signer: Signer) -> str:
    if isinstance(signer, KeySigner):
        return signer.file
    return signer.identity or signer.pattern


def default_line(policy: TrustPolicy) -> Text:
    """What holds for images that no rule is for."""
    if policy.otherwise is Otherwise.REFUSE:
        return Text("Images that no rule is for are refused.", "没有规则适用的镜像一律拒绝。")
    return Text("Images that no rule is for are allowed.", "没有规则适用的镜像一律允许。")
