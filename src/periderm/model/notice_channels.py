"""What each channel is told where to send to: which schemes its address may have, whether it needs a secret, its options."""

from __future__ import annotations

import msgspec

from periderm.model.notice import Channel

ON_OFF = ("on", "off")


class Option(msgspec.Struct, frozen=True):
    """One option: what it is for, and the values that it may have (none: any). `secret`: it names where a secret lies."""

    told: str
    values: tuple[str, ...] = ()
    needed: bool = False
    secret: bool = False


class ChannelKind(msgspec.Struct, frozen=True, kw_only=True):
    """`schemes` of its address (none: it has no address of its own, the secret is the whole address); `key` says of its
    secret 'needed', 'may' or 'no'; `default` the address if none is given; `group_seconds` how long notices are collected if
    nobody says."""

    schemes: tuple[str, ...] = ()
    key: str = "may"
    key_told: str = ""
    default: str = ""
    options: dict[str, Option] = {}
    group_seconds: int = 0


_CA = {"ca": Option("file with the authorities that are trusted (PEM), in place of the system's")}
_WEB = ("https", "http")
_FORM = Option("form of what is sent", ("json", "ocsf"))
_LABELS = Option("labels of new issues, by commas")
_RESOLVES = Option("whether closing the issue resolves the incident", ON_OFF)
_CHAT = ChannelKind(key="needed", key_told="the whole address of the webhook", options=_CA, group_seconds=30)
_SIGNED = msgspec.structs.replace(
    _CHAT, options=_CA | {"signing": Option("where the secret of the robot's signature lies", secret=True)}
)

CHANNELS: dict[Channel, ChannelKind] = {
    Channel.WEBHOOK: ChannelKind(
        schemes=_WEB, key="needed", key_told="the signing key, 16 characters or more", options=_CA | {"format": _FORM}
    ),
    Channel.MAIL: ChannelKind(
        schemes=("smtp", "smtps", "smtp+plain"),
        key_told="USER:PASSWORD",
        options=_CA | {"from": Option("sender", needed=True), "to": Option("whom, by commas", needed=True)},
        group_seconds=60,
    ),
    Channel.SLACK: _CHAT,
    Channel.TEAMS: _CHAT,
    Channel.FEISHU: _SIGNED,
    Channel.DINGTALK: _SIGNED,
    Channel.WECOM: _CHAT,
    Channel.SYSLOG: ChannelKind(
        schemes=("tls", "tcp", "udp"),
        key="no",
        options=_CA
        | {
            "format": Option("form of the messages", ("cef", "ocsf")),
            "facility": Option("local0 to local7, user, daemon, auth, authpriv, audit"),
            "certificate": Option("file with our certificate (PEM)"),
            "key": Option("file with its key (PEM)"),
        },
    ),
    Channel.LINES: ChannelKind(
        schemes=("file",), key="no", options={"format": Option("form of the file", ("json", "ocsf", "csv"))}
    ),
    Channel.ALERTMANAGER: ChannelKind(schemes=_WEB, key_told="USER:PASSWORD or a token", options=_CA),
    Channel.JIRA: ChannelKind(
        schemes=_WEB,
        key="needed",
        key_told="USER:TOKEN, or a token alone",
        options=_CA
        | {
            "project": Option("key of the project", needed=True),
            "type": Option("type of new issues (Task)"),
            "labels": _LABELS,
            "close": Option("name of the transition that closes, if it cannot be told by its category"),
            "reopen": Option("name of the transition that opens again"),
            "resolves": _RESOLVES,
        },
    ),
    Channel.GITHUB: ChannelKind(
        schemes=_WEB,
        key="needed",
        key_told="a token that may write issues",
        default="https://api.github.com",
        options=_CA | {"repository": Option("OWNER/NAME", needed=True), "labels": _LABELS, "resolves": _RESOLVES},
    ),
}
