"""Finds tokens and webhooks of chat services in files. Sends no message to try them."""

from __future__ import annotations

import re

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

PATTERNS = (
    SecretPattern(
        name="slack-token",
        what=Text("Slack token", "Slack 令牌"),
        quick=rb"xox[abeoprs]-[0-9A-Za-z-]{10}",
        exact=re.compile(rb"(?<![A-Za-z0-9])(?P<secret>xox[abeoprs]-(?:[0-9]{8,14}-){1,3}[0-9A-Za-z-]{16,64})"),
        entropy=3.0,
        show=5,
    ),
    SecretPattern(
        name="slack-app-token",
        what=Text("Slack app token", "Slack 应用令牌"),
        quick=rb"xapp-[0-9]-[A-Z0-9]{8}",
        exact=re.compile(rb"(?P<secret>xapp-[0-9]-[A-Z0-9]{8,14}-[0-9]{8,16}-[a-f0-9]{32,80})"),
        show=5,
    ),
    SecretPattern(
        name="slack-webhook",
        what=Text("Slack webhook", "Slack webhook"),
        quick=rb"hooks\.slack\.com/services/T[A-Z0-9]{8}",
        exact=re.compile(rb"hooks\.slack\.com/services/(?P<secret>T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{20,30})"),
        entropy=3.5,
        severity=Severity.MEDIUM,
    ),
    SecretPattern(
        name="discord-webhook",
        what=Text("Discord webhook", "Discord webhook"),
        quick=rb"discord(app)?\.com/api/webhooks/[0-9]{17}",
        exact=re.compile(rb"discord(?:app)?\.com/api/webhooks/(?P<secret>[0-9]{17,20}/[A-Za-z0-9_-]{60,72})"),
        entropy=4.0,
        severity=Severity.MEDIUM,
    ),
    SecretPattern(
        name="telegram-bot-token",
        what=Text("Telegram bot token", "Telegram 机器人令牌"),
        quick=rb"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",
        exact=re.compile(rb"(?<![0-9A-Za-z])(?P<secret>[0-9]{8,10}:AA[A-Za-z0-9_-]{33})(?![A-Za-z0-9_-])"),
        entropy=4.0,
    ),
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-003",
    title=Text("Keep a chat service's token in the image", "镜像中留有聊天服务令牌"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Revoke the token in the service's administration, and hand the new one over at run time.",
        "在该服务的管理后台吊销令牌，并在运行时提供新令牌。",
    ),
    techniques=("T1552.001",),
    fires=(
        Example(
            GivenImage(
                layers=(
                    (GivenFile("srv/bot.py", b"TOKEN = 'xoxb-" + b"283749182734-918273645012-Qk7vTz2mWx9RbLn4YcHs6DfG'\n"),),
                )
            ),
            "a bot token in a program",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("srv/bot.py", b"TOKEN = 'xoxb-your-token-here-please'\n"),),)),
            "a place to be filled in",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
