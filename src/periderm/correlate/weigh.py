"""How bad an incident is, with every reason said: the worst alert, raised by what several facts mean together.

Each fact weighs 0 to 2; a sum of 2 raises the worst alert's severity by one level, of 5 by two, never past critical.
Facts that weigh 0 are told because people ask for them. It never lowers: a stopped attack still needs its hole closed.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.correlate.chain import worst
from periderm.correlate.words import SEVERITY_WORDS, name_of, plain, sentence
from periderm.model import attack
from periderm.model.alert import ProcessRecord
from periderm.model.asset import Grade, Ownership
from periderm.model.incident import ChainStep
from periderm.model.severity import Severity
from periderm.model.text import Text

Fact = tuple[int, Text]


class Held(msgspec.Struct, frozen=True):
    """What was done against it besides kills: the container is paused; a kill was only computed."""

    paused: bool = False
    dry_run: bool = False


PRODUCTION = frozenset({"production", "prod", "live", "生产"})
ESCAPES = frozenset({"T1611", "T1068", "T1547.006"})


def _tactics(chain: Sequence[ChainStep]) -> list[Fact]:
    tactics = list(dict.fromkeys(step.tactic for step in chain))
    if len(tactics) < 2:
        return []
    first, last = (attack.tactic(tactic).name for tactic in (tactics[0], tactics[-1]))
    text = Text(
        f"The chain spans {len(tactics)} ATT&CK tactics, from {first.en} to {last.en}.",
        f"攻击链跨越 {len(tactics)} 个 ATT&CK 战术，从{first.zh}到{last.zh}。",
    )
    return [(2 if len(tactics) > 2 else 1, text)]


def _secrets(chain: Sequence[ChainStep], secret_paths: frozenset[str]) -> list[Fact]:
    paths = sorted({step.object for step in chain if step.object.lstrip("/") in secret_paths})
    if not paths:
        return []
    path, more = plain(paths[0], 80), len(paths) - 1
    text = Text(
        f"It read {path}, in which the image scan found a secret{f', and {more} more such' if more else ''}.",
        f"它读取了 {path}，镜像扫描在其中发现过机密信息{f'；另有 {more} 个这样的文件' if more else ''}。",
    )
    return [(2, text)]


def _programs(chain: Sequence[ChainStep], tree: Sequence[ProcessRecord]) -> list[Fact]:
    facts: list[Fact] = []
    if any(step.technique in ESCAPES for step in chain):
        facts.append((2, Text("A step reaches for the host itself.", "有步骤指向主机本身。")))
    acting = {step.process_key for step in chain}
    drifted = [process for process in tree if process.drifted]
    alive = [process for process in drifted if not process.killed]
    if drifted:
        name = name_of((alive or drifted)[0].exe)
        if alive:
            text = Text(f"{name}, which the image did not bring, ran.", f"镜像中没有的 {name} 得以运行。")
        else:
            text = Text(
                f"{name}, which the image did not bring, was started and killed.", f"镜像中没有的 {name} 被启动，随即被终止。"
            )
        facts.append((1 if alive else 0, text))
    if any(process.user_id == 0 and process.key in acting for process in tree):
        facts.append((1, Text("The processes run as root.", "这些进程以 root 身份运行。")))
    return facts


def _business(ownership: Ownership) -> list[Fact]:
    facts: list[Fact] = []
    if ownership.grade is Grade.CORE:
        facts.append((1, Text("The business grades this asset as core.", "业务把该资产定级为核心。")))
    if ownership.environment.lower() in PRODUCTION:
        facts.append((1, Text("It is in production.", "它位于生产环境。")))
    return facts


def _stopped(chain: Sequence[ChainStep], held: Held) -> Text:
    stopped = sum(step.stopped for step in chain)
    if held.paused:
        return Text("The container was paused.", "容器已被暂停。")
    if not stopped:
        if held.dry_run:
            return Text(
                "Nothing was stopped: the policy only alerts; enforcing it would have.",
                "没有任何步骤被阻止：策略只告警；若为强制模式则会阻止。",
            )
        return Text("Nothing was stopped.", "没有任何步骤被阻止。")
    if len(chain) == 1:
        return Text("It was stopped.", "它已被阻止。")
    return Text(
        f"{stopped} of {len(chain)} steps {'was' if stopped == 1 else 'were'} stopped.",
        f"{len(chain)} 个步骤中有 {stopped} 个被阻止。",
    )


def weigh(
    chain: Sequence[ChainStep],
    tree: Sequence[ProcessRecord],
    secret_paths: frozenset[str],
    ownership: Ownership,
    held: Held,
) -> tuple[Severity, tuple[Text, ...]]:
    """Severity and its reasons, most telling first. `secret_paths` without a leading slash."""
    base = worst(chain)
    leading = max(chain, key=lambda step: (step.severity, -step.time, step.alert_id))
    name = sentence(leading.title, 120)
    reasons = [
        Text(
            f"The worst alert is {SEVERITY_WORDS[base].en}: {name.en.rstrip('.')}.",
            f"最严重的告警级别为{SEVERITY_WORDS[base].zh}：{name.zh.rstrip('。')}。",
        )
    ]
    facts = [*_tactics(chain), *_secrets(chain, secret_paths), *_programs(chain, tree), *_business(ownership)]
    weight = sum(points for points, _ in facts)
    raised = Severity(min(Severity.CRITICAL, base + (2 if weight >= 5 else 1 if weight >= 2 else 0)))
    reasons += [text for _, text in sorted(facts, key=lambda fact: -fact[0])]
    reasons.append(_stopped(chain, held))
    return raised, tuple(reasons)
