"""Which findings of the image made which step possible or worse, and why, in a sentence each.

A finding without a bearing on the chain is not linked: the image's page lists all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from periderm.correlate.words import name_of, plain
from periderm.model.alert import ProcessRecord
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import ImageInventory
from periderm.model.incident import ChainStep, FindingLink
from periderm.model.text import Text

MAX_LINKS = 50
INITIAL_ACCESS = "TA0001"
BECAME_ROOT = frozenset(("T1548", "T1548.001", "T1548.003", "T1068"))
ROOT_WORDS = re.compile(r"\broot\b", re.IGNORECASE)
SETUID_WORDS = re.compile(r"set-?u?g?[ui]id|set-user-id|set-group-id", re.IGNORECASE)
SSHD_WORDS = re.compile(r"\bsshd\b|\bssh servers?\b", re.IGNORECASE)
SHELL_WORDS = re.compile(r"\bshells?\b", re.IGNORECASE)
SHELLS = frozenset(("sh", "bash", "dash", "ash", "busybox", "zsh", "ksh", "fish", "csh", "tcsh"))


def relative(path: str) -> str:
    """A path as image findings have it: without the leading slash."""
    return path.lstrip("/")


def secret_paths(findings: Iterable[Finding], inventory: ImageInventory | None) -> frozenset[str]:
    """Files of the image in which a secret was found, relative."""
    known = {relative(finding.location) for finding in findings if finding.kind is FindingKind.SECRET}
    known.update(relative(path) for path in (inventory.secret_paths if inventory else ()))
    return frozenset(known - {""})


def _made(finding: Finding, why: Text, step: ChainStep | None = None) -> FindingLink:
    return FindingLink(finding_id=finding.id, why=why, alert_id=step.alert_id if step else "")


def _secret(finding: Finding, chain: Sequence[ChainStep]) -> FindingLink | None:
    path = relative(finding.location)
    step = next((step for step in chain if path and relative(step.object) == path), None)
    if step is not None:
        name = plain(step.object, 80)
        why = Text(
            f"The file that was read, {name}, came with the image and holds this secret.",
            f"被读取的文件 {name} 随镜像而来，其中含有此机密信息。",
        )
        return _made(finding, why, step)
    if path.startswith("env:"):
        why = Text(
            "Every process of the container has this secret in its environment.",
            "容器中每个进程的环境变量里都有此机密信息。",
        )
        return _made(finding, why)
    return None


def _run(finding: Finding, chain: Sequence[ChainStep], tree: Sequence[ProcessRecord]) -> FindingLink | None:
    """The file of the finding was itself run."""
    ran = {process.key for process in tree if finding.location and relative(process.exe) == relative(finding.location)}
    if not ran:
        return None
    path = plain(finding.location, 80)
    why = Text(f"{path} came with the image and was run in this attack.", f"{path} 随镜像而来，并在此次攻击中被运行。")
    return _made(finding, why, next((step for step in chain if step.process_key in ran), None))


def _configuration(finding: Finding, chain: Sequence[ChainStep], tree: Sequence[ProcessRecord]) -> FindingLink | None:
    words = f"{finding.detector} {finding.title.en}"
    named = {process.key: name_of(process.exe) for process in tree}
    if SETUID_WORDS.search(words):
        step = next((step for step in chain if step.technique in BECAME_ROOT), None)
        why = Text("It is a ready way to become root.", "它是现成的提权到 root 的途径。")
        return _run(finding, chain, tree) or (_made(finding, why, step) if step else None)
    if SSHD_WORDS.search(words):
        why = Text("The SSH server of the image took part.", "镜像中的 SSH 服务器参与其中。")
        return _made(finding, why) if "sshd" in named.values() else None
    if SHELL_WORDS.search(words):
        step = next((step for step in chain if named.get(step.process_key) in SHELLS), None)
        why = Text("The image brought the shell that the attacker used.", "攻击者使用的 shell 是镜像自带的。")
        return _made(finding, why, step) if step else None
    if ROOT_WORDS.search(words) and any(process.user_id == 0 for process in tree):
        why = Text(
            "The image runs as root, so what the attacker started was root too.",
            "镜像以 root 身份运行，因此攻击者启动的一切也都是 root。",
        )
        return _made(finding, why)
    return _run(finding, chain, tree)


def _vulnerability(finding: Finding, chain: Sequence[ChainStep], tree: Sequence[ProcessRecord]) -> FindingLink | None:
    owner = next((process for process in tree if process.package and process.package == finding.package), None)
    if owner is None:
        return None
    name, program = plain(finding.package, 60), name_of(owner.exe)
    step = next((step for step in chain if step.tactic == INITIAL_ACCESS), None)
    why = Text(
        f"The package {name} brought {program}, which took part in the attack.",
        f"软件包 {name} 带来了参与此次攻击的 {program}。",
    )
    return _made(finding, why, step)


def link(
    findings: Iterable[Finding], chain: Sequence[ChainStep], tree: Sequence[ProcessRecord], earlier: Iterable[FindingLink]
) -> tuple[FindingLink, ...]:
    """At most MAX_LINKS links: worst findings first, then by id. `earlier` links stay while their finding is unknown
    here; a finding at hand is judged anew."""
    by_id = {finding.id: finding for finding in findings}
    found: dict[str, FindingLink] = {old.finding_id: old for old in earlier if old.finding_id not in by_id}
    for finding in by_id.values():
        made: FindingLink | None
        if finding.kind is FindingKind.SECRET:
            made = _secret(finding, chain)
        elif finding.kind is FindingKind.VULNERABILITY:
            made = _vulnerability(finding, chain, tree)
        elif finding.kind is FindingKind.CONFIGURATION:
            made = _configuration(finding, chain, tree)
        else:
            made = None
        if made is not None:
            found[finding.id] = made

    def rank(made: FindingLink) -> tuple[int, bool, str]:
        finding = by_id.get(made.finding_id)
        return (-finding.severity if finding else 0, not made.alert_id, made.finding_id)

    return tuple(sorted(found.values(), key=rank)[:MAX_LINKS])
