"""Enforcing one workload's baseline: the policy that does it, whom it would hold for, what of the past it would have blocked,
and the way back to alerting. Blocks nothing itself, and never weakens what another policy does for the same workload."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application, require
from periderm.app.baseline_of import Known, baseline_of
from periderm.app.policies import REPLAYED_NS, put_policy, remove_policy
from periderm.app.preview_history import PastPreview, preview_history
from periderm.engines.runtime.canary import in_canary
from periderm.engines.runtime.response import holding_policy
from periderm.model.asset import Container
from periderm.model.baseline import Baseline, Phase
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.policy import DEFAULT_POLICY, Policy, PolicyMode
from periderm.model.principal import Permission, Principal

PREFIX = "pol-baseline-"
LONGEST = 1000
PRIORITIES = 10  # above the policy that holds now


class EnforcePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What enforcing would mean. `policy` is what would be set (or is set: `holds`), `instead_of` what holds now, `containers`
    the workload's running ones, `canary` those of them that it would hold for. `past` is the replay of the last thirty days,
    None where no history is kept. `refusal` says why it cannot be done at all, '' if it can."""

    baseline: Baseline
    policy: Policy
    instead_of: Policy
    containers: tuple[Container, ...] = ()
    canary: tuple[Container, ...] = ()
    past: PastPreview | None = None
    holds: bool = False
    refusal: str = ""

    @property
    def blocked(self) -> int:
        """How many starts of programs of the past it would have blocked."""
        return sum(hit.count for hit in self.past.hits) if self.past is not None else 0

    @property
    def proven(self) -> bool:
        """Whether there is a past, and nothing in it would have been blocked."""
        return self.past is not None and self.past.rows > 0 and not self.blocked


def plan_enforcing(app: Application, who: Principal, reference: str, canary: int = 100) -> EnforcePlan:
    """What enforcing the baseline of a workload would do. Changes nothing. Raises NotFoundError, UsageError."""
    require(who, Permission.READ)
    known = baseline_of(app, reference)
    set_already = _set_already(app, known)
    instead_of = _holds_now(app, known, without=set_already.id if set_already else "")
    policy = set_already or _policy(known, instead_of, canary, "")
    running = tuple(c for c in known.containers if c.running)
    past = None
    if app.history is not None:
        past = preview_history(app, who, app.history, policy, app.clock.now() - REPLAYED_NS)
    return EnforcePlan(
        baseline=known.baseline,
        policy=policy,
        instead_of=instead_of,
        containers=running,
        canary=tuple(c for c in running if in_canary(c.id, policy.canary)),
        past=past,
        holds=set_already is not None and set_already.mode is PolicyMode.ENFORCE,
        refusal=_refusal(known, instead_of),
    )


def enforce_baseline(app: Application, who: Principal, reference: str, canary: int, reason: str) -> Policy:
    """Sets the policy, after the replay of the past: it is refused if that would have blocked anything, or if there is none.
    Raises UsageError, NotFoundError, DeniedError."""
    require(who, Permission.POLICY)
    known = baseline_of(app, reference)
    instead_of = _holds_now(app, known, without=PREFIX + known.baseline.workload_id)
    refusal = _refusal(known, instead_of)
    if refusal:
        raise UsageError(refusal, "Leave it alerting.")
    return put_policy(app, who, _policy(known, instead_of, canary, _reason(reason)), app.history)


def alert_again(app: Application, who: Principal, policy_id: str, reason: str) -> None:
    """Takes enforcing back: what was made here is removed, so that what held before holds again; any other policy stays and
    only tells. Raises NotFoundError, UsageError, DeniedError."""
    require(who, Permission.POLICY)
    told = _reason(reason)
    policy = next((p for p in app.store.policies() if p.id == policy_id), None)
    if policy is None:
        raise NotFoundError(f"There is no policy {policy_id[:80]!r}.", "`periderm policy` lists those that exist.")
    if policy.id.startswith(PREFIX):
        remove_policy(app, who, policy.id)
    elif policy.mode is PolicyMode.ENFORCE:
        put_policy(app, who, msgspec.structs.replace(policy, mode=PolicyMode.ALERT, reason=told))
    else:
        raise UsageError("This policy enforces nothing.", "Remove it with `periderm policy remove`, or let it be.")


def _set_already(app: Application, known: Known) -> Policy | None:
    wanted = PREFIX + known.baseline.workload_id
    return next((policy for policy in app.store.policies() if policy.id == wanted), None)


def _holds_now(app: Application, known: Known, without: str) -> Policy:
    others = [policy for policy in app.store.policies() if policy.id != without]
    for container in known.containers:
        held = holding_policy(container, others).id
        return next((policy for policy in others if policy.id == held), DEFAULT_POLICY)
    return DEFAULT_POLICY


def _policy(known: Known, instead_of: Policy, canary: int, reason: str) -> Policy:
    """All that the policy that holds now does, and the baseline enforced; of one that only tells, nothing that it lists begins
    to act by this."""
    workload_id = known.baseline.workload_id
    if instead_of.mode is not PolicyMode.ENFORCE:
        quiet = Policy(id="", name="", keep_addresses=instead_of.keep_addresses, response_seconds=instead_of.response_seconds)
        instead_of = msgspec.structs.replace(quiet, priority=instead_of.priority)
    glob = workload_id
    if known.containers and workload_id not in (known.containers[0].workload_id, known.containers[0].name):
        glob = known.containers[0].name
    return msgspec.structs.replace(
        instead_of,
        id=PREFIX + workload_id,
        name=f"baseline of {known.baseline.name or workload_id}",
        workload=glob,
        labels={},
        mode=PolicyMode.ENFORCE,
        enforce_baseline=True,
        canary=canary,
        return_after=DEFAULT_POLICY.return_after,
        priority=instead_of.priority + PRIORITIES,
        reason=reason,
    )


def _refusal(known: Known, instead_of: Policy) -> str:
    if known.baseline.phase is not Phase.ALERTING:
        return "Its baseline has not settled yet: while it learns, nothing of it is enforced."
    if instead_of.exempt:
        return f"The policy {instead_of.name!r} says that nothing is ever done to this workload."
    return ""


def _reason(text: str) -> str:
    told = text.strip()
    if not told or len(told) > LONGEST:
        raise UsageError("This needs a reason.", f"Say in a sentence why, in at most {LONGEST} characters.")
    return told
