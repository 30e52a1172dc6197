"""What a node asks the server for while it lives, in one question: policies, sessions, orders, and whether baselines moved.
Values only."""

from __future__ import annotations

import msgspec

from periderm.model.effect import Effect
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession

MOST_TAKEN = 1_000
LONGEST_WAIT = 20.0  # seconds that the server holds a question to which there is no answer yet


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """How far a server is with what somebody sends: its life, which is another one after it was put back from a copy, and the
    highest sequence that it has stored of each sender that was asked about (-1: none)."""

    life: str
    seen: dict[str, int] = {}


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the node has already: versions of policies and sessions as they came ('' for none), ids of orders that it has taken
    up, the change number up to which it knows the baselines of its workloads (-1: they do not matter now). `wait`: seconds
    that it is ready to wait for something new. `node_id` counts only from a process of the server's own machine. `scans` is
    said by a scan worker, which is told of nothing else: the change number up to which it knows the queue of scans (-1: no
    worker asks)."""

    node_id: str = ""
    policies: str = ""
    sessions: str = ""
    taken: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()
    baselines: int = -1
    wait: float = 0.0
    scans: int = -1


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What is new. `policies` and `sessions` are None where they are as the node knows them; `effects` are those that people
    decided and that it has not taken up; `learned` says that baselines of its workloads moved, `baselines` up to which change
    that was looked at. `pause`: seconds after which to ask again, from a server that did not wait itself. To a worker: `queued`
    says that the queue of scans moved, `scans` up to which change that was looked at (-1 from a server of before, which does
    not say)."""

    policies: tuple[Policy, ...] | None = None
    policies_version: str = ""
    sessions: tuple[AnnouncedSession, ...] | None = None
    sessions_version: str = ""
    effects: tuple[Effect, ...] = ()
    learned: bool = False
    baselines: int = -1
    pause: float = 0.0
    scans: int = -1
    queued: bool = False

    @property
    def news(self) -> bool:
        """Whether there is any."""
        return self.policies is not None or self.sessions is not None or bool(self.effects) or self.learned or self.queued
