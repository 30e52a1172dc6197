"""What one node saw of a behaviour, counted in place, until it becomes Evidence. Decides nothing."""

from __future__ import annotations

import functools
import hashlib

import msgspec

from periderm.model.baseline import Evidence, Source

SECOND_NS = 10**9
BURST_SECONDS = 60  # occurrences further apart than this are two
_HOUR, _DAY = 3600, 86_400


class Touch(msgspec.Struct, array_like=True):
    """Counters of one behaviour; times in Unix seconds, as Evidence has them. `told` is the count that others know."""

    count: int = 0
    replicas: int = 0
    first: int = 0
    last: int = 0
    hours: int = 0
    days: int = 0
    bursts: int = 0
    shortest: int = 0
    longest: int = 0

    def see(self, count: int, time: int, replica: int, until: int = 0) -> None:
        """It happened `count` times from `time` to `until` (Unix nanoseconds; 0: all at once), never long apart, in the
        replicas of these bits."""
        now, end = time // SECOND_NS, max(time, until) // SECOND_NS
        pause = now - self.last
        if not self.last:
            self.bursts = 1
        elif pause > BURST_SECONDS:
            self.bursts += 1
            self.longest = max(self.longest, pause)
            self.shortest = min(self.shortest, pause) if self.shortest else pause
        self.count += count
        self.replicas |= replica
        self.first = min(self.first, now) if self.first else now
        self.last = max(self.last, end)
        self.hours |= 1 << now % _DAY // _HOUR | 1 << end % _DAY // _HOUR
        self.days |= 1 << now // _DAY % 32 | 1 << end // _DAY % 32

    def join(self, other: Touch) -> None:
        """Both counters together; what lay between them is not known."""
        self.count += other.count
        self.replicas |= other.replicas
        self.first = min(self.first, other.first) if self.first and other.first else self.first or other.first
        self.last = max(self.last, other.last)
        self.hours |= other.hours
        self.days |= other.days
        self.bursts = max(self.bursts, other.bursts)
        self.longest = max(self.longest, other.longest)
        both = self.shortest and other.shortest
        self.shortest = min(self.shortest, other.shortest) if both else self.shortest or other.shortest

    def evidence(self, node: str, base: int = 0) -> Evidence:
        """As a baseline holds it. `base` is what this node had counted before."""
        return Evidence(
            counts={node: base + self.count} if base + self.count else {},
            replicas=self.replicas,
            first=self.first,
            last=self.last,
            hours=self.hours,
            days=self.days,
            bursts=self.bursts,
            shortest=self.shortest,
            longest=self.longest,
            sources=(Source.OBSERVED,),
            certainty=100,
        )


@functools.lru_cache(maxsize=4096)
def replica_bit(asset_id: str) -> int:
    """One of 64 bits for a replica, the same on every node."""
    return 1 << hashlib.blake2b(asset_id.encode("utf-8", "surrogateescape"), digest_size=1).digest()[0] % 64


def regular(evidence: Evidence) -> bool:
    """A rare but regular job: it came at least three times, and its pauses were alike."""
    return evidence.bursts >= 3 and 0 < evidence.longest <= 1.5 * evidence.shortest
