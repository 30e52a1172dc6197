"""What a policy says of a package's licence: allowed, to review, or forbidden, and which part decided. Decides nothing by
itself: without a policy nothing is forbidden."""

from __future__ import annotations

import enum
from collections.abc import Iterable

import msgspec

from periderm.algorithms.licences.expression import All, Expression, Licence, parse
from periderm.algorithms.licences.ids import KINDS, Kind, kind_of
from periderm.algorithms.rules.glob import matches
from periderm.model.text import Text


class Standing(enum.StrEnum):
    """What a policy says."""

    ALLOWED = "allowed"
    REVIEW = "review"
    FORBIDDEN = "forbidden"


_WORSE = {Standing.ALLOWED: 0, Standing.REVIEW: 1, Standing.FORBIDDEN: 2}


class LicencePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Each list has identifiers ('MIT', 'GPL-2.0-only WITH Classpath-exception-2.0'), globs ('LGPL-*') and kinds
    ('permissive', 'weak-copyleft', …). An identifier beats a glob, a glob a kind; on the same rank the stricter one counts.
    `default` is for licences that none of them names, `unknown` for packages whose licence nobody tells."""

    allowed: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    default: Standing = Standing.REVIEW
    unknown: Standing = Standing.REVIEW


class Judgement(msgspec.Struct, frozen=True):
    """What the policy says of an expression, and why."""

    standing: Standing
    why: Text


_SAYS = {
    Standing.ALLOWED: Text("{licence} is allowed{because}", "{licence} 被允许{because}"),
    Standing.REVIEW: Text("{licence} is to be reviewed{because}", "{licence} 需要审查{because}"),
    Standing.FORBIDDEN: Text("{licence} is forbidden{because}", "{licence} 被禁止{because}"),
}
_KIND_NAMES = {
    Kind.PERMISSIVE: Text("permissive", "宽松许可证"),
    Kind.WEAK: Text("weak copyleft", "弱著佐权许可证"),
    Kind.STRONG: Text("strong copyleft", "强著佐权许可证"),
    Kind.NETWORK: Text("network copyleft", "网络著佐权许可证"),
    Kind.PROPRIETARY: Text("proprietary", "专有许可证"),
    Kind.UNKNOWN: Text("of an unknown kind", "种类未知"),
}


def judge(expression: str, policy: LicencePolicy) -> Judgement:
    """What the policy says: of an OR the best part, of an AND the worst."""
    found = parse(expression)
    if found is None:
        says = {
            Standing.ALLOWED: Text("no licence is told, and that is allowed", "未说明许可证，策略允许"),
            Standing.REVIEW: Text("no licence is told", "未说明许可证"),
            Standing.FORBIDDEN: Text("no licence is told, and that is forbidden", "未说明许可证，策略禁止"),
        }
        return Judgement(policy.unknown, says[policy.unknown])
    return _judge(found, policy)


def _judge(found: Expression, policy: LicencePolicy) -> Judgement:
    if isinstance(found, Licence):
        return _of_one(found, policy)
    parts = [_judge(part, policy) for part in found.of]
    pick = max if isinstance(found, All) else min
    return pick(parts, key=lambda judgement: _WORSE[judgement.standing])


def _of_one(licence: Licence, policy: LicencePolicy) -> Judgement:
    kind = kind_of(licence.id, licence.exception) if licence.known else Kind.UNKNOWN
    lists = ((Standing.FORBIDDEN, policy.forbidden), (Standing.REVIEW, policy.review), (Standing.ALLOWED, policy.allowed))
    names = (str(licence), licence.id) if licence.exception or licence.later else (licence.id,)
    for name in names:  # with its exception first: whoever names that means it
        for rank in (_is_name, _is_glob):
            for standing, patterns in lists:
                if any(rank(pattern, name) for pattern in patterns):
                    return Judgement(standing, _because(standing, licence, Text("", "")))
    for standing, patterns in lists:
        if kind.value in patterns:
            return Judgement(standing, _because(standing, licence, _kind_told(kind)))
    not_named = Text(" (the policy does not name it)", "（策略未提及）")
    return Judgement(policy.default, _because(policy.default, licence, not_named))


def _is_name(pattern: str, name: str) -> bool:
    return pattern.lower() == name.lower()


def _is_glob(pattern: str, name: str) -> bool:
    return ("*" in pattern or "?" in pattern) and matches(name.lower(), pattern.lower(), paths=False)


def _kind_told(kind: Kind) -> Text:
    name = _KIND_NAMES[kind]
    return Text(f" ({name.en})", f"（{name.zh}）")


def _because(standing: Standing, licence: Licence, because: Text) -> Text:
    says = _SAYS[standing]
    return Text(
        says.en.replace("{because}", because.en).replace("{licence}", str(licence)),
        says.zh.replace("{because}", because.zh).replace("{licence}", str(licence)),
    )


def unknown_names(policy: LicencePolicy) -> Iterable[str]:
    """Names in the policy that are no known identifier, glob or kind: perhaps misspelt. LicenseRefs are the user's own."""
    kinds, known = {k.value for k in Kind}, {n.lower() for n in KINDS}
    for name in (*policy.allowed, *policy.review, *policy.forbidden):
        bare = name.split(" ")[0].removesuffix("+").lower()
        if name not in kinds and "*" not in name and "?" not in name and bare not in known and "ref-" not in bare:
            yield name
