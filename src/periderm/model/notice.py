"""Nouns of telling others: where it goes, what is worth telling, what was told, and tickets. Sends nothing."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.severity import Severity
from periderm.model.text import Text

MOST_NOTICES = 100  # in one delivery


class Channel(enum.StrEnum):
    """The ways to tell somebody."""

    WEBHOOK = "webhook"
    MAIL = "mail"
    SLACK = "slack"
    TEAMS = "teams"
    FEISHU = "feishu"
    DINGTALK = "dingtalk"
    WECOM = "wecom"
    SYSLOG = "syslog"
    LINES = "lines"
    ALERTMANAGER = "alertmanager"
    JIRA = "jira"
    GITHUB = "github"


TICKETS = frozenset({Channel.JIRA, Channel.GITHUB})
STREAMS = frozenset({Channel.WEBHOOK, Channel.SYSLOG, Channel.LINES, Channel.ALERTMANAGER})  # read by programs: never waits


class Occasion(enum.StrEnum):
    """What happened that is worth telling."""

    INCIDENT_NEW = "incident-new"
    INCIDENT_GROWN = "incident-grown"
    INCIDENT_CLOSED = "incident-closed"
    INCIDENT_REOPENED = "incident-reopened"
    ALERT = "alert"
    FINDING_NEW = "finding-new"
    FINDING_GONE = "finding-gone"
    GAP_NEW = "gap-new"
    GAP_CLOSED = "gap-closed"
    TEST = "test"


INCIDENTS = (
    Occasion.INCIDENT_NEW,
    Occasion.INCIDENT_GROWN,
    Occasion.INCIDENT_CLOSED,
    Occasion.INCIDENT_REOPENED,
)
CHOICES = tuple(o for o in Occasion if o is not Occasion.TEST)


class NoticeFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a destination hears of. `severity` is the least of incidents and alerts, `finding_severity` that of findings.
    `owners`, `applications`, `environments`, `places` (names of workloads, containers, images) and `detectors` are globs,
    one of which must fit; an empty tuple asks for nothing."""

    occasions: tuple[Occasion, ...] = INCIDENTS
    severity: Severity = Severity.MEDIUM
    finding_severity: Severity = Severity.CRITICAL
    owners: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    detectors: tuple[str, ...] = ()


class Destination(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where notices go. `address` is a URL, 'tls://HOST:PORT' or a path, without any secret in it; `secret` says where the
    secret lies ('env:NAME', 'file:PATH'), for the chat forms the whole address. `options` are those of its channel.
    `networks` are those that are not public and may be reached. `title` and `body` are templates ('': the built-in ones).
    Notices of `group_by` ('', 'place', 'owner', 'application', 'subject') within `group_seconds` are told together. `link` is
    where people reach the console. Times are Unix nanoseconds."""

    name: str
    channel: Channel
    address: str = ""
    secret: str = ""
    options: dict[str, str] = {}
    networks: tuple[str, ...] = ()
    chosen: NoticeFilter = NoticeFilter()
    title: str = ""
    body: str = ""
    group_seconds: int = 0
    group_by: str = ""
    language: str = "en"
    link: str = ""
    paused: bool = False
    made: int = 0
    made_by: str = ""


class DestinationState(msgspec.Struct, frozen=True, kw_only=True):
    """How telling goes. `failing` is since when nothing gets through (0: it does), `not_before` when the next try is due,
    `shed` how many notices were not kept because too many waited already."""

    sent: int = 0
    last_sent: int = 0
    failing: int = 0
    failures: int = 0
    problem: str = ""
    not_before: int = 0
    shed: int = 0


class Fact(msgspec.Struct, frozen=True):
    """One labelled value of a notice: foreign text as it was found, or words of ours."""

    label: Text
    value: str | Text


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is told. `id` is the same for the same occasion of the same subject; `subject_id` is an incident, alert,
    finding or gap; `path` its address in the console; `ends` says that it is over."""

    id: str
    occasion: Occasion
    subject_id: str
    severity: Severity
    time: int
    title: Text
    summary: Text
    place: str = ""
    detector: str = ""
    owner: str = ""
    application: str = ""
    environment: str = ""
    path: str = ""
    started: int = 0
    ends: bool = False
    facts: tuple[Fact, ...] = ()


class DeliveryState(enum.StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """Notices on their way to one destination. `more` counts those beyond MOST_NOTICES that are left out; `key` is what they
    are grouped by; `answer` what the other side said. Unix nanoseconds."""

    id: str
    destination: str
    notices: tuple[Notice, ...]
    more: int = 0
    key: str = ""
    state: DeliveryState = DeliveryState.WAITING
    tries: int = 0
    not_before: int = 0
    made: int = 0
    ended: int = 0
    problem: str = ""
    answer: str = ""


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """An issue in somebody's tracker: its key as people say it, its address, whether it is open, its status in the
    tracker's own words."""

    key: str
    url: str = ""
    open: bool = True
    status: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a destination was told last of a subject. `open` whether it was told that it goes on; `mark` sums up what was
    said, so that what says no more is not told again; `last` is what was said. `ticket` is the one made of it, `looked`
    when its state was asked."""

    destination: str
    subject_id: str
    open: bool
    mark: str
    severity: Severity
    time: int
    last: Notice | None = None
    ticket: Ticket | None = None
    looked: int = 0

    @property
    def id(self) -> str:
        """What it is in the store."""
        return f"{self.destination} {self.subject_id}"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What a plug sends: `title` and `text` rendered in the destination's language, plain; `records` are the subjects as they
    are now (alerts, findings, incidents, gaps that still exist), in the order of the notices. `id` is the same at each try."""

    id: str
    time: int
    title: str
    text: str
    language: str
    notices: tuple[Notice, ...]
    records: tuple[msgspec.Struct, ...] = ()
    more: int = 0
    link: str = ""
    version: str = ""

    @property
    def severity(self) -> Severity:
        """The worst of the notices."""
        return max((n.severity for n in self.notices), default=Severity.UNKNOWN)
