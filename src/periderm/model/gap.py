"""What the product was blind to, said aloud."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.text import Text


class GapKind(enum.StrEnum):
    """The ways of not seeing."""

    EVENTS_LOST = "events-lost"
    PATH_UNREADABLE = "path-unreadable"
    SYSCALL_VARIANT = "syscall-variant"
    KERNEL_UNSUPPORTED = "kernel-unsupported"
    OWNER_UNKNOWN = "owner-unknown"
    IMAGE_NOT_SCANNED = "image-not-scanned"
    NOT_EXAMINED = "not-examined"
    SUBJECT_UNKNOWN = "subject-unknown"
    SENSOR_DOWN = "sensor-down"
    CLOCK_JUMP = "clock-jump"
    ENFORCEMENT_FAILED = "enforcement-failed"
    RULES_REFUSED = "rules-refused"
    RULE_FAILED = "rule-failed"
    HISTORY_SHORT = "history-short"
    DETAIL_SHED = "detail-shed"
    REGISTRY_SILENT = "registry-silent"
    NOTIFIER_SILENT = "notifier-silent"  # detail = the destination that cannot be reached
    OWNERS_OLD = "owners-old"  # detail = the table that cannot be fetched
    IDENTITY_COPIED = "identity-copied"
    NOT_ITS_OWN = "not-its-own"
    CLOCK_OFF = "clock-off"
    ENFORCING_ENDED = "enforcing-ended"  # detail = the policy's id: it hurt, and returned to alerting by itself


class CoverageGap(msgspec.Struct, frozen=True, kw_only=True, tag="gap"):
    """`id` = stable_id('gap', kind, asset, detail); a later report of the same gap replaces `until`, and `count` is
    the total since `since`. `asset_id` is the node, container or image that was not seen. Times: Unix nanoseconds."""

    id: str
    kind: GapKind
    asset_id: str
    message: Text
    next_step: Text
    count: int = 0
    since: int = 0
    until: int = 0
    detail: str = ""
