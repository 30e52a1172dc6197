"""Tables of what baselines told: entries, convergence, false alerts by age, after an upgrade, attacks found and missed."""

from __future__ import annotations

import collections
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from _noise_judge import upper
from baseline import attacks
from baseline.replay import Kept, Replay, Told, load

from periderm.model.alert import Alert
from periderm.model.behaviour import Dimension
from periderm.model.severity import Severity

TEN_MINUTES, HOUR = 600.0, 3600.0
PAYLOAD = re.compile(r"/\.[pm]\d*\.so$")


def say(*words: object) -> None:
    """A line."""
    print("baseline:", *words, flush=True)


def report(folder: Path, hours: float, *, quick: bool = False, only: Sequence[str] = (), but: str = "") -> None:
    """Prints everything about one recording; `quick`: one round. `only` these workloads are attacked. `but`: see `load`."""
    kept = load(folder, but)
    if but:
        say(f"rows of programs that match {but!r} are left out")
    replay = Replay(kept)
    replay.calm(0)
    size = len(replay.engine.snapshot())
    calm = sum(kept.hours(kept.start, kept.calm).values())
    rounds = 1 if quick else max(1, math.ceil(hours / max(0.01, calm)))
    say(f"{len(kept.workloads)} workloads, {calm:.2f} workload-hours without attacks, {size:,} bytes of state")
    say(f"{replay.events:,} events in the first round, {replay.events / max(0.001, replay.cost):,.0f} events a second")
    learned(replay)
    upgraded(kept, replay.upgrade(), "after one round")
    found(kept, replay, only)
    for number in range(1, rounds):
        replay.calm(number)
    if rounds > 1:
        learned(replay)
    by_age(kept, replay.told, rounds)
    for each in unlike(replay.told):
        say("  ", line(each.alert), f"[{each.age:.0f} s, round {each.round}]")


def learned(replay: Replay) -> None:
    """Entries by dimension, time to convergence."""
    say(
        f"{'workload':<10}"
        + "".join(f"{d.value:>11}" for d in Dimension if d is not Dimension.API)
        + f"{'phase':>10} {'converged after':>16}"
    )
    for name, baseline in sorted(replay.baselines().items()):
        counts = collections.Counter(entry.behaviour.dimension for entry in baseline.entries)
        settled = f"{baseline.settled - baseline.since} s" if baseline.settled else "not yet"
        cells = "".join(f"{counts[d]:>11}" for d in Dimension if d is not Dimension.API)
        say(f"{name:<10}{cells}{baseline.phase.value:>10} {settled:>16}")


def by_age(kept: Kept, false: Sequence[Told], rounds: int) -> None:
    """False alerts by how long the workload had been known."""
    span = (kept.calm - kept.start) / 1e9 + 60.0
    total = kept.hours(kept.start, kept.calm)
    ages = (
        ("at birth (10 minutes)", 0.0, TEN_MINUTES),
        ("10 minutes to 1 hour", TEN_MINUTES, HOUR),
        ("after 1 hour", HOUR, math.inf),
    )
    for title, least, most in (*ages, ("after 10 minutes", TEN_MINUTES, math.inf)):
        hours = dict.fromkeys(total, 0.0)
        for number in range(rounds):
            low, high = least - number * span, most - number * span
            began, ended = kept.start + int(max(0.0, low) * 1e9), kept.start + int(max(0.0, min(high, 1e6)) * 1e9)
            for name, more in kept.hours(min(began, kept.calm), min(ended, kept.calm)).items():
                hours[name] += more
        some = distinct(told for told in false if least <= told.age < most)
        summary(title, some, hours, kept)
        first = distinct(told for told in false if least <= told.age < most and told.round == 0)
        once = kept.hours(kept.start + int(least * 1e9), min(kept.calm, kept.start + int(min(most, 1e6) * 1e9)))
        if least < span and rounds > 1:
            summary(f"{title}, recorded", first, once, kept)


def summary(title: str, some: Sequence[Told], hours: dict[str, float], kept: Kept) -> None:
    """One line: counts, hours, bounds, and by workload where there is one."""
    time = sum(hours.values())
    if not time:
        return
    high = sum(told.alert.severity >= Severity.HIGH for told in some)
    a_day = [f"{len(some) / time * 24:.2f} a workload and day, upper 95 % bound {upper(len(some)) / time * 24:.2f}"]
    names = collections.Counter(kept.workloads[told.alert.workload_id] for told in some)
    each = ", ".join(f"{name} {count}" for name, count in names.most_common())
    say(f"{title}: {len(some)} false ({high} high) in {time:.2f} workload-hours, {a_day[0]}" + (f": {each}" if each else ""))


def upgraded(kept: Kept, false: Sequence[Told], name: str) -> None:
    """False alerts of the new images."""
    summary(f"upgraded {name}", distinct(false), kept.hours(kept.upgraded, kept.end), kept)
    for told in unlike(false):
        say("   upgraded:", line(told.alert))


def distinct(some: Iterable[Told]) -> list[Told]:
    """An alert that is said again is one."""
    return list({told.alert.id: told for told in some}.values())


def unlike(some: Iterable[Told]) -> list[Told]:
    """One of each kind: workload, event type, behaviour."""
    return list(
        {(t.alert.workload_id, t.alert.detector, t.alert.object, t.alert.process.exe): t for t in reversed(list(some))}.values()
    )


def line(alert: Alert) -> str:
    """What a person would have read."""
    deviation = alert.deviation
    tail = (
        f" surprise {deviation.surprise} {deviation.phase}: {deviation.behaviour.program} {deviation.behaviour.value}"
        if deviation
        else ""
    )
    return f"{alert.severity.name} {alert.detector} {alert.container_name} x{alert.count}: {alert.message.en}{tail}"


def found(kept: Kept, replay: Replay, only: Sequence[str]) -> None:
    """Each attack: found or not, by what, how soon."""
    kinds = {name: {attack.id: attack for attack in some} for name, some in attacks.every().items()}
    all_of, hits = collections.Counter[str](), collections.Counter[str]()
    tactics, caught = collections.Counter[str](), collections.Counter[str]()
    types, soonest, loudest = collections.Counter[str](), list[float](), collections.Counter[str]()
    for mark in kept.attacks():
        if mark.workload not in only:
            continue
        attack = kinds[mark.workload][mark.name]
        if attack.how == "so" and not replay.seen(mark, PAYLOAD):
            say(f"   not carried out: {mark.workload} {mark.name}: the payload was not loaded")
            continue
        told = [each.alert for each in replay.attack(mark)]
        all_of[mark.workload] += 1
        tactics[attack.tactic] += 1
        if not told:
            say(f"   missed: {mark.workload} {mark.name} ({attack.title})")
            continue
        hits[mark.workload] += 1
        caught[attack.tactic] += 1
        first = min(alert.last_time for alert in told)
        soonest.append((first - mark.began) / 1e6)
        worst = max(told, key=lambda alert: (alert.severity, alert.deviation.surprise if alert.deviation else 0))
        loudest[worst.severity.name] += 1
        types[worst.detector] += 1
        say(f"   found: {mark.workload} {mark.name}: {len(told)} alerts, {soonest[-1]:.0f} ms, {line(worst)}")
    for mark in kept.marks:
        if mark.wrong:
            say(f"   not carried out: {mark.workload} {mark.name}: {mark.wrong}")
    soonest.sort()
    for name in sorted(all_of):
        say(f"attacks on {name}: {hits[name]} of {all_of[name]} found")
    say("by tactic:", ", ".join(f"{tactic} {caught[tactic]}/{tactics[tactic]}" for tactic in sorted(tactics)))
    say("by event type of the worst alert:", ", ".join(f"{kind} {count}" for kind, count in types.most_common()))
    say("by severity of the worst alert:", ", ".join(f"{kind} {count}" for kind, count in loudest.most_common()))
    total = sum(all_of.values())
    if soonest:
        share = sum(hits.values()) / total * 100
        middle, longest = soonest[len(soonest) // 2], soonest[-1]
        say(f"found {sum(hits.values())} of {total} ({share:.1f} %), median {middle:.0f} ms, longest {longest:.0f} ms")
