"""An incident's title and its short sentence in plain words: who, where, what in which order, and what stopped it.

It orders by time, because people tell a story so; the chain beside it is ordered by tactic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from periderm.correlate import phrases
from periderm.correlate.tree import lineage
from periderm.correlate.words import counted, join, name_of, plain, sentence, spaced
from periderm.model import attack
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.effect import EffectRecord, KillProcess, PauseContainer
from periderm.model.incident import ChainStep
from periderm.model.text import Text

MAX_PHRASES = 6
SERVER_SHELL = "RUN-002"  # its object is the server that started the shell
SHELLS = frozenset(("sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"))
HELPERS = SHELLS | frozenset(
    ("env", "timeout", "sudo", "su", "setsid", "nohup", "xargs", "cat", "runc", "runc:[2:INIT]", "exe", "conmon")
)
INTERPRETERS = frozenset(("perl", "python", "python3", "php", "php-cgi", "ruby", "node", "java", "lua"))


def actor(first: Alert | None, tree: Sequence[ProcessRecord]) -> Text:
    """Who began. The server that the first alert names, or the nearest ancestor of its process that is no shell, helper
    or interpreter (a server is behind its script), else an interpreter, else that process; a shell without such an
    ancestor is a session, and a program whose start is the deed is not called its own starter. Without the alert, the
    same over the tree's oldest process."""
    if first is not None and first.detector == SERVER_SHELL and first.object.startswith("/"):
        server = name_of(first.object)
        return Text(server, server)
    line = lineage(first) if first is not None else tuple(tree[:1])
    names = [name_of(process.exe) for process in line]
    above = [name for name in names[1:] if name and name not in HELPERS]
    servers = [name for name in above if name.rstrip("0123456789.") not in INTERPRETERS]
    found = next(iter([*servers, *above]), "")
    if found:
        return Text(found, found)
    own = next(filter(None, names), "")
    if own in SHELLS or (first is not None and own and first.object == first.process.exe):
        if any(process.how == "exec" for process in line):
            return Text("An exec session", "一个 exec 会话")
        return Text("A session", "某个会话") if own in SHELLS else Text("Something", "某个进程")
    return Text(own, own) if own else Text("A process", "某个进程")


def where(container_name: str, container_id: str, host: str = "") -> Text:
    """The container's name, its short id, or the host, by its name if it is known."""
    name = plain(container_name, 60) or plain(container_id[:12], 60)
    if name:
        return Text(f"in {name}", spaced(name, "中的"))
    machine = the_host(host)
    return Text(f"on {machine.en}", spaced(machine.zh, "上的"))


def the_host(name: str) -> Text:
    """A machine, by its name if it is known."""
    named = plain(name, 60)
    return Text(f"the host {named}", spaced("主机", named)) if named else Text("the host", "主机")


def _ending(
    said: Sequence[tuple[Text, ChainStep]],
    last_said: Text | None,
    told: Mapping[str, Alert],
    effects: Mapping[str, EffectRecord],
) -> Text:
    """Who stopped what; empty if nothing was stopped. `last_said` is what a following 'it' would refer to."""
    if any(isinstance(record.effect, PauseContainer) for record in effects.values()):
        return Text("Periderm paused the container", "Periderm 暂停了该容器")
    stopped = [(phrase, step) for phrase, step in said if step.stopped]
    if not stopped:
        return Text("", "")
    phrase, step = stopped[-1]
    alert = told.get(step.alert_id)
    name = name_of(alert.process.exe if alert is not None and alert.process.killed else step.object)
    thing = Text("it", "它") if phrase == last_said or not name else Text(name, name)
    ours = any(
        isinstance(record.effect, KillProcess)
        and (record.effect.alert_id == step.alert_id or record.effect.process_key == step.process_key)
        for record in effects.values()
    )
    if ours:
        return Text(f"Periderm killed {thing.en}", spaced("Periderm 终止了", thing.zh))
    return Text(f"the kernel killed {thing.en}", spaced("内核终止了", thing.zh))


def tell(
    who: Text, place: Text, steps: Sequence[ChainStep], told: Mapping[str, Alert], effects: Mapping[str, EffectRecord]
) -> Text:
    """'nginx in shop-web started a shell, read /etc/shadow and ran /tmp/x; the kernel killed it.'

    `steps` in time order, at least one; `told` the alerts at hand; `effects` those that were applied, by effect id. At
    most MAX_PHRASES things are said, each once: the worst and what was stopped go before the rest, which is counted.
    """
    said = [
        (phrases.of_alert(alert) if (alert := told.get(step.alert_id)) is not None else phrases.of_step(step), step)
        for step in phrases.telling(steps)
    ]
    things = list(dict.fromkeys(phrase for phrase, _ in said))
    last: Text | None = things[-1]
    if len(things) > MAX_PHRASES:
        more = len(things) - MAX_PHRASES + 1
        weight: dict[Text, tuple[bool, int]] = {}
        for phrase, step in said:
            weight[phrase] = max(weight.get(phrase, (False, 0)), (step.stopped, int(step.severity)))
        worst = sorted(things, key=lambda thing: weight[thing], reverse=True)[: MAX_PHRASES - 1]
        things = [thing for thing in things if thing in worst]  # still as it happened
        extra = Text(f"did {counted(more, 'more thing', 'more things')}", f"另有 {more:,} 项行为")
        things, last = [*things, extra], None
    body, ending = join(things), _ending(said, last, told, effects)
    return Text(
        f"{who.en} {place.en} {body.en}{f'; {ending.en}' if ending.en else ''}.",
        f"{spaced(place.zh, spaced(who.zh, body.zh))}{f'；{ending.zh}' if ending.zh else ''}。",
    )


def title(place_name: Text, chain: Sequence[ChainStep]) -> Text:
    """One line: the alert's own title if all steps are of one tactic, else from which tactic to which it went."""
    tactics = list(dict.fromkeys(step.tactic for step in chain))
    if len(tactics) < 2:
        worst = max(chain, key=lambda step: (step.severity, -step.time, step.alert_id))
        short = sentence(worst.title, 120)
        return Text(f"{place_name.en}: {short.en}", f"{place_name.zh}：{short.zh}")
    first, last = (attack.tactic(tactic).name for tactic in (tactics[0], tactics[-1]))
    return Text(
        f"Attack on {place_name.en}: from {first.en} to {last.en}",
        f"{place_name.zh} 遭到攻击：从{first.zh}到{last.zh}",
    )
