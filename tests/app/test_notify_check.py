"""Whether a destination is written as it must be."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from periderm.app.notify_check import checked
from periderm.model.errors import UsageError
from periderm.model.notice import Channel, Destination, NoticeFilter, Occasion

GOOD: dict[Channel, dict[str, Any]] = {
    Channel.WEBHOOK: {"address": "https://a.test/in", "secret": "env:K", "options": {"format": "ocsf"}},
    Channel.MAIL: {"address": "smtp://mail.test:587", "options": {"from": "a@b.test", "to": "c@d.test"}},
    Channel.SLACK: {"secret": "file:/run/secrets/slack"},
    Channel.TEAMS: {"secret": "env:T"},
    Channel.FEISHU: {"secret": "env:F", "options": {"signing": "env:S"}},
    Channel.DINGTALK: {"secret": "env:D"},
    Channel.WECOM: {"secret": "env:W"},
    Channel.SYSLOG: {"address": "tls://log.test", "options": {"facility": "local3"}},
    Channel.LINES: {"address": "/var/log/periderm/told.jsonl"},
    Channel.ALERTMANAGER: {"address": "http://am.test:9093", "networks": ("10.0.0.0/8",)},
    Channel.JIRA: {"address": "https://jira.test", "secret": "env:J", "options": {"project": "OPS"}},
    Channel.GITHUB: {"secret": "env:G", "options": {"repository": "team/shop"}},
}


def made(channel: Channel, **changes: Any) -> Destination:
    """A good one of this channel, with changes."""
    return msgspec.structs.replace(Destination(name="d", channel=channel, **GOOD[channel]), **changes)


@pytest.mark.parametrize("channel", Channel)
def test_each_channel_can_be_set_up(channel: Channel) -> None:
    """With what it needs, and its default address."""
    assert checked(made(channel)).name == "d"
    assert checked(made(Channel.GITHUB)).address == "https://api.github.com"


@pytest.mark.parametrize(
    ("channel", "changes", "said"),
    [
        ("webhook", {"name": "A b"}, "is no name"),
        ("webhook", {"address": ""}, "address"),
        ("webhook", {"address": "ftp://a.test"}, "begins with https"),
        ("webhook", {"address": "https://u:word@a.test"}, "holds a secret"),
        ("webhook", {"address": "https://a.test/" + "x" * 3000}, "too long"),
        ("webhook", {"secret": ""}, "needs a secret"),
        ("webhook", {"secret": "0123456789abcdef"}, "not named as they must"),
        ("webhook", {"secret": "docker"}, "takes no such secret"),
        ("webhook", {"options": {"format": "xml"}}, "json or ocsf"),
        ("webhook", {"options": {"colour": "red"}}, "has no option"),
        ("webhook", {"networks": ("10.0.0.0/99",)}, "no network"),
        ("webhook", {"title": "{{nobody}}"}, "names nothing"),
        ("webhook", {"body": "{{#notices}}"}, "is missing"),
        ("webhook", {"language": "fr"}, "no language"),
        ("webhook", {"link": "javascript:alert(1)"}, "no URL"),
        ("webhook", {"group_seconds": 10**6}, "Grouping"),
        ("webhook", {"group_by": "colour"}, "Grouping"),
        ("webhook", {"chosen": NoticeFilter(occasions=())}, "Nothing is told"),
        ("webhook", {"chosen": NoticeFilter(occasions=(Occasion.TEST,))}, "Nothing is told"),
        ("webhook", {"chosen": NoticeFilter(owners=("a",) * 300)}, "too many patterns"),
        ("slack", {"address": "https://hooks.test/T/B/X"}, "is a secret"),
        ("feishu", {"options": {"signing": "SECword"}}, "not named as they must"),
        ("syslog", {"secret": "env:X"}, "takes no such secret"),
        ("syslog", {"address": "tls://"}, "not understood"),
        ("lines", {"address": "told.jsonl"}, "is no file"),
        ("lines", {"address": "/var/../etc/passwd"}, "is no file"),
        ("lines", {"address": "/var/log/"}, "is no file"),
        ("mail", {"options": {"from": "a@b.test"}}, "needs to"),
        ("mail", {"options": {"from": "a@b.test", "to": "c@d.test\r\nBcc: x"}}, "control characters"),
        ("jira", {"options": {}}, "needs project"),
    ],
)
def test_what_is_wrong_is_said(channel: str, changes: dict[str, Any], said: str) -> None:
    """When it is written, in words, and without telling a secret that was put in the wrong place."""
    with pytest.raises(UsageError, match=said) as refused:
        checked(made(Channel(channel), **changes))
    assert refused.value.next_step
    for secret in ("0123456789abcdef", "SECword", "u:word", "/T/B/X"):
        assert secret not in str(refused.value)
