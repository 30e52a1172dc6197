"""Finds tokens and webhooks of chat services in files. Sends no message to try them."""

from __future__ import annotations

from base64 import b64encode

from periderm.engines.image.checks import decoded
from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.kinds import ALNUM, BASE64, DIGITS, HEX, LETTERS, LOWER, UPPER, UUID, WORD, Some, named, token
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SLACK = "https://api.slack.com/concepts/token-types"
_DISCORD = "https://discord.com/developers/docs/reference#authentication"
_TEAMS = "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook"


def _letters(secret: bytes) -> bool:
    """The last part is no number alone: else it is one of the newer kind cut short."""
    return not secret.rpartition(b"-")[2].isdigit()


def _mixed_end(secret: bytes) -> bool:
    """Documentation writes the same letter all along the last part."""
    return len(set(secret.rpartition(b"/")[2])) > 6


def _snowflake(secret: bytes) -> bool:
    """The first part of a bot's token is its number in base64 (https://discord.com/developers/docs/reference#snowflakes)."""
    number = decoded(secret.partition(b".")[0])
    return number.isdigit() and 17 <= len(number) <= 20


def _with_snowflake(secret: bytes) -> bytes:
    """An example with a number of its own."""
    return b64encode(b"112233449081726354").rstrip(b"=") + secret[secret.index(b".") :]


# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    token(
        "slack-token", Text("Slack token", "Slack 令牌"), (b"xoxb-", b"xoxp-", b"xoxa-", b"xoxr-", b"xoxs-", b"xoxo-"),
        Some(DIGITS, 8, 14), b"-", Some(DIGITS, 8, 14), b"-", Some(b"A-Za-z0-9-", 16, 64), source=_SLACK, entropy=3.0,
    ),
    token(
        "slack-legacy-token", Text("Slack token of old", "旧式 Slack 令牌"), (b"xoxb-", b"xoxa-2-", b"xoxr-"), Some(DIGITS, 8,
        14),
        b"-", Some(ALNUM, 18, 48), source=_SLACK, entropy=3.0, check=_letters, changed=False,
    ),
    token(
        "slack-app-token", Text("Slack app token", "Slack 应用令牌"), b"xapp-1-", Some(UPPER, 9, 14), b"-", Some(DIGITS, 8, 16),
        b"-",
        Some(HEX, 32, 80), source=_SLACK,
    ),
    token(
        "slack-configuration-token", Text("Slack configuration token", "Slack 配置令牌"), (b"xoxe.xoxp-1-", b"xoxe.xoxb-1-",
        b"xoxe-1-"),
        Some(ALNUM, 140, 170), source=_SLACK,
    ),
    token(
        "slack-webhook", Text("Slack webhook", "Slack webhook"), b"hooks.slack.com/", (b"services/T", b"workflows/T",
        b"triggers/T"),
        Some(UPPER, 8, 12), b"/", Some(UPPER, 8, 20), b"/", Some(ALNUM, 20, 44),
        source="https://api.slack.com/messaging/webhooks",
        severity=Severity.MEDIUM, entropy=3.5, show=15, check=_mixed_end, changed=False,
    ),
    token(
        "discord-webhook", Text("Discord webhook", "Discord webhook"), (b"discord.com", b"discordapp.com"), b"/api/webhooks/",
        Some(DIGITS, 17, 20), b"/", Some(WORD, 60, 72), source=_DISCORD, severity=Severity.MEDIUM, show=11,
    ),
    token(
        "discord-bot-token", Text("Discord bot token", "Discord 机器人令牌"), (b"MT", b"OT", b"NT", b"Mz", b"Nz"), Some(ALNUM,
        22,
        26), b".",
        Some(WORD, 6), b".", Some(WORD, 27, 40), source=_DISCORD, entropy=4.0, check=_snowflake, finish=_with_snowflake,
        changed=False, show=0,
    ),
    named(
        "discord-client-secret", Text("Discord client secret", "Discord 客户端密钥"), (b"discord",), Some(WORD, 32),
        suffix=b"_client_secret", words=b"client_?secret", source=_DISCORD,
    ),
    token(
        "telegram-bot-token", Text("Telegram bot token", "Telegram 机器人令牌"), Some(DIGITS, 8, 10), b":AA", Some(WORD, 33),
        source="https://core.telegram.org/bots/api#authorizing-your-bot", entropy=4.0, show=0,
    ),
    token(
        "teams-webhook", Text("Microsoft Teams webhook", "Microsoft Teams webhook"), b".webhook.office.com/webhookb2/", *UUID,
        b"@",
        *UUID, b"/IncomingWebhook/", Some(HEX, 32), b"/", *UUID, source=_TEAMS, severity=Severity.MEDIUM, start=b"",
    ),
    token(
        "zulip-key", Text("Zulip bot key file entry", "Zulip 机器人密钥"), b"[api]\nemail=bot@chat.internal\nkey=",
        Some(ALNUM, 32),
        source="https://zulip.com/api/configuring-python-bindings", show=0,
    ),
    named(
        "mattermost-token", Text("Mattermost token", "Mattermost 令牌"), (b"mattermost", b"mm_bot"), Some(LOWER, 26),
        suffix=b"_token", source="https://developers.mattermost.com/integrate/reference/personal-access-token/",
    ),
    named(
        "rocketchat-token", Text("Rocket.Chat token", "Rocket.Chat 令牌"), (b"rocketchat", b"rocket_chat"), Some(WORD, 43),
        suffix=b"_token", source="https://developer.rocket.chat/apidocs",
    ),
    named(
        "webex-token", Text("Webex bot token", "Webex 机器人令牌"), (b"webex",), Some(WORD, 64), b"_", Some(LOWER, 4), b"_",
        *UUID,
        suffix=b"_access_token", source="https://developer.webex.com/docs/bots",
    ),
    named(
        "line-token", Text("LINE channel token", "LINE 频道令牌"), (b"line_channel", b"line_bot", b"linebot"), Some(BASE64, 168,
        172), b"=",
        suffix=b"_access_token", source="https://developers.line.biz/en/docs/basics/channel-access-token/",
    ),
    token(
        "matrix-token", Text("Matrix access token", "Matrix 访问令牌"), b"syt_", Some(b"A-Za-z0-9+/=", 4, 60), b"_",
        Some(LETTERS,
        20),
        b"_", Some(ALNUM, 6), source="https://spec.matrix.org/latest/client-server-api/#using-access-tokens",
    ),
)
# fmt: on

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
