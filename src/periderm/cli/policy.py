"""`periderm policy`: how far the product may go, and for whom: list, try before setting, set, remove."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

import msgspec

from periderm import wiring
from periderm.app.application import Application
from periderm.app.policies import list_policies, put_policy, remove_policy
from periderm.app.preview_history import preview_history
from periderm.app.preview_policy import Preview, preview_policy
from periderm.cli.durations import seconds_of
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.errors import FormatError, NotFoundError, UsageError
from periderm.model.policy import Policy, PolicyMode
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

LARGEST = 1 << 20
_HEAD = (
    Text("ID", "编号"),
    Text("NAME", "名称"),
    Text("MODE", "模式"),
    Text("FOR", "适用于"),
    Text("ACTS ON", "处置"),
    Text("PRIORITY", "优先级"),
    Text("REASON", "理由"),
)
_HOLDS = Text("It holds for {count} of {total}: {names}", "适用于 {total} 个中的 {count} 个：{names}")
_HOLDS_NONE = Text(
    "It holds for none of the {total} nodes and containers known now.", "当前已知的 {total} 个节点与容器均不适用。"
)
_OVERRULED = Text("It fits, but a higher priority holds: {names}", "匹配但被更高优先级覆盖：{names}")
_ACTS = Text(
    "It acts by itself there. Undo: `periderm policy remove {id}`.", "它会在那里自动处置。撤销：`periderm policy remove {id}`。"
)
_SET, _REMOVED = Text("Set: {id}", "已设置：{id}"), Text("Removed: {id}", "已移除：{id}")
_NAMED = 8
_PAST = (Text("CAUSE", "原因"), Text("FOR", "适用于"), Text("WHAT", "内容"), Text("TIMES", "次数"), Text("LAST", "最近"))
_WOULD = Text(
    "It would have acted {count} times in {containers} containers since {since} ({rows} events looked at).",
    "自 {since} 以来，它会在 {containers} 个容器中处置 {count} 次（查看了 {rows} 个事件）。",
)
_WOULD_NONE = Text(
    "It would have hit nothing since {since} ({rows} events looked at).",
    "自 {since} 以来，它不会影响任何对象（查看了 {rows} 个事件）。",
)
_ATTACKS = Text(
    "{stopped} of {attacks} attacks that rules told of would have been stopped at their program's start.",
    "规则告警的 {attacks} 次攻击中，有 {stopped} 次会在其程序启动时被阻止。",
)
_NOT_WHOLE = Text(
    "There was more than can be told: shorten the time (--since).", "内容过多，未能全部列出：请缩短时间（--since）。"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="ACTION NAME",
        help="`try FILE` says for whom a policy would hold, `preview FILE` what it would have hit in the past, `set FILE` sets "
        "it, `remove ID` removes it (default: list)",
    )
    parser.add_argument(
        "--despite", action="store_true", help="set a policy that enforces baselines whatever it would have blocked"
    )
    parser.add_argument("--since", default="24h", metavar="TIME", help="how far back `preview` looks, like 12h or 7d")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists, tries, sets or removes."""
    words: list[str] = options.words
    if words and (len(words) != 2 or words[0] not in ("try", "preview", "set", "remove")):
        raise UsageError(
            f"`policy {' '.join(words)}` is not understood.",
            "Say `periderm policy`, or `try FILE`, `preview FILE`, `set FILE`, `remove ID` after it.",
        )
    policy = read(words[1]) if words and words[0] != "remove" else None
    if policy is not None and words[0] == "preview":
        _preview(policy, options.since, settings, out)
        return 0
    with wiring.reader(settings) as app:
        if not words:
            _list(list_policies(app, LOCAL_ADMIN), out)
        elif policy is None:
            if words[1] not in {p.id for p in list_policies(app, LOCAL_ADMIN)}:
                raise NotFoundError(f"There is no policy {words[1]!r}.", "`periderm policy` lists those that exist.")
            remove_policy(app, LOCAL_ADMIN, words[1])
            out.answer({"removed": words[1]}, _REMOVED.fill(id=words[1]))
        else:
            if words[0] == "set":
                policy = _put(app, policy, settings, out, despite=options.despite)
            seen = preview_policy(app, LOCAL_ADMIN, policy)
            done = [_SET.fill(id=policy.id)] if words[0] == "set" else []
            out.answer(seen, *done, *_told(seen))
    return 0


def _put(app: Application, policy: Policy, settings: Settings, out: Output, *, despite: bool) -> Policy:
    """Sets it; one that enforces baselines is tried on the past first."""
    if not policy.enforce_baseline or despite or not os.path.isdir(settings.history):
        return put_policy(app, LOCAL_ADMIN, policy, despite=despite)
    history = wiring.history(settings, out.note)
    try:
        return put_policy(app, LOCAL_ADMIN, policy, history)
    finally:
        history.close()


def _preview(policy: Policy, since: str, settings: Settings, out: Output) -> None:
    history = wiring.history(settings, out.note)
    try:
        with wiring.reader(settings) as app:
            past = preview_history(app, LOCAL_ADMIN, history, policy, app.clock.now() - seconds_of(since) * 10**9)
    finally:
        history.close()
    if out.json:
        out.value(past)
        return
    total = sum(hit.count for hit in past.hits)
    told = _WOULD.fill(count=total, containers=len(past.containers), rows=past.rows, since=exact(past.since))
    out.line(out.say(told if past.hits else _WOULD_NONE.fill(rows=past.rows, since=exact(past.since))))
    if past.hits:
        rows = [(hit.cause, hit.container, hit.what, str(hit.count), exact(hit.last)) for hit in past.hits]
        out.table([out.say(h) for h in _PAST], rows, right=(3,))
    if past.attacks:
        out.line(out.say(_ATTACKS.fill(stopped=past.stopped, attacks=past.attacks)))
    if not past.whole:
        out.note(out.say(_NOT_WHOLE))


def read(name: str) -> Policy:
    """A policy from a TOML or JSON file. Raises NotFoundError, UsageError, LimitError, FormatError with
    the field that is wrong."""
    data = wiring.documents().read(name, LARGEST)
    decoder = msgspec.json.decode if data.lstrip()[:1] == b"{" else msgspec.toml.decode
    try:
        values = decoder(data)
        return _checked(values, name)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no policy: {error}", "docs/how-to/enforce.md has an example.", where=name) from error


def _checked(values: object, name: str) -> Policy:
    """The policy with every field known: a misspelt `kill_drift` must not pass as one that is off."""
    policy = msgspec.convert(values, Policy)
    fields = {field.name for field in msgspec.structs.fields(Policy)} | {"type"}
    unknown = sorted(set(values) - fields) if isinstance(values, dict) else []
    if unknown:
        raise FormatError(
            f"a policy has no field {', '.join(map(repr, unknown))}.", f"Fields: {', '.join(sorted(fields))}.", where=name
        )
    return policy


def _told(seen: Preview) -> list[Text]:
    lines = []
    if seen.subjects:
        lines.append(_HOLDS.fill(count=len(seen.subjects), total=seen.looked_at, names=_some(seen.subjects)))
    else:
        lines.append(_HOLDS_NONE.fill(total=seen.looked_at))
    if seen.overruled:
        lines.append(_OVERRULED.fill(names=_some(seen.overruled)))
    if seen.policy.mode is PolicyMode.ENFORCE and seen.subjects:
        lines.append(_ACTS.fill(id=seen.policy.id))
    return lines


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")


def _list(policies: Sequence[Policy], out: Output) -> None:
    if out.json:
        out.value(policies)
        return
    out.table([out.say(h) for h in _HEAD], [_row(policy) for policy in policies], right=(5,))


def _row(policy: Policy) -> tuple[str, ...]:
    acts = [*(["drift"] if policy.kill_drift else []), *policy.kill_executables]
    acts += [f"baseline ({policy.canary} %)"] if policy.enforce_baseline else []
    acts += [f"{detector}: {kind.value}" for detector, kind in sorted(policy.on_alert.items())]
    labels = [f"{name}={value}" for name, value in sorted(policy.labels.items())]
    return (
        policy.id,
        policy.name,
        policy.mode.value,
        " ".join([policy.workload, *labels]),
        ", ".join(acts) or "-",
        str(policy.priority),
        policy.reason,
    )
