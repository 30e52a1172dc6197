"""Where people are with an incident or a finding: whose it is, until when, what was said. Says nothing of what is wrong."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.severity import Severity
from periderm.model.text import Text

PRODUCT = "periderm"  # the author of what the product says itself
MOST_COMMENTS = 500
LONGEST_COMMENT = 8_192
LONGEST_NAME = 256
LONGEST_TICKET = 2_048


class HandlingKind(enum.StrEnum):
    """What is handled."""

    INCIDENT = "incident"
    FINDING = "finding"


class HandlingState(enum.StrEnum):
    """The life of it. FIXED and REOPENED are said by the product itself: it looks again at each scan."""

    NEW = "new"
    ASSIGNED = "assigned"
    TICKETED = "ticketed"
    ACCEPTED = "accepted"
    FIXED = "fixed"  # a weakness that neither the newest image of its place has, nor any that runs
    REOPENED = "reopened"  # one that was fixed and is there again
    CLOSED = "closed"


class HandlingAction(enum.StrEnum):
    """What people do."""

    ASSIGN = "assign"
    COMMENT = "comment"
    DUE = "due"
    TICKET = "ticket"
    ACCEPT = "accept"
    CLOSE = "close"
    REOPEN = "reopen"


OVER = frozenset({HandlingState.ACCEPTED, HandlingState.FIXED, HandlingState.CLOSED})


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said of it. With `what` it is a change that was made ('assigned ada'), noted by the product."""

    author: str
    time: int
    text: str = ""
    what: str = ""


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the incident's, or that of the weakness (`correlate.weakness`): a finding is dealt with in all images of its
    repository, which is then `place`; `subject_id` is the incident's or the finding's that was seen last.

    `opened` is when it was first seen, `due` until when it is to be dealt with (0: no date), both Unix nanoseconds;
    `due_by_person` that somebody set it, so that the grade does not. `ticket` is the address of one elsewhere. `reopened`
    counts how often it came back. `title`, `severity`, `asset_id`, `application` are copies to list and filter by, also of what
    is gone. Comments are in the order in which they were made."""

    id: str
    kind: HandlingKind
    state: HandlingState = HandlingState.NEW
    assignee: str = ""
    due: int = 0
    due_by_person: bool = False
    ticket: str = ""
    place: str = ""
    subject_id: str = ""
    opened: int = 0
    changed: int = 0
    reopened: int = 0
    title: Text = Text("", "")
    severity: Severity = Severity.UNKNOWN
    asset_id: str = ""
    application: str = ""
    comments: tuple[Comment, ...] = ()

    def said(self, comment: Comment, *, state: HandlingState | None = None) -> Handling:
        """With one more comment, made now; the oldest goes where there is no room."""
        return msgspec.structs.replace(
            self,
            state=self.state if state is None else state,
            changed=comment.time,
            comments=(*self.comments, comment)[-MOST_COMMENTS:],
        )

    @property
    def over(self) -> bool:
        """Whether nobody has to do anything."""
        return self.state in OVER


class RiskDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the two trends. `day` is its first second (Unix, UTC); `existing` are findings open at its end that were
    there before the period began, `fresh` those that came since; `came` and `fixed` in that day."""

    day: int
    existing: int
    fresh: int
    came: int
    fixed: int
