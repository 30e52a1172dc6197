"""Messages in the forms of Slack, Teams, Feishu, DingTalk and WeCom.

What an attacker writes (arguments, file names, image labels) is in them: it goes only where the product takes plain text, or
has the signs taken away by which it would mention people or make links.

Sources: Slack, 'Block Kit' (header 150 characters, section 3,000, 50 blocks) and 'Formatting text'; Microsoft, 'Adaptive
Cards' 1.4 and 'Post a workflow when a webhook request is received' (28 KB); Feishu, 'Custom bot usage guide' (20 KB);
DingTalk, 'Custom robots' (20,000 bytes); WeCom, 'Group robots' (text of 2,048 bytes).
"""

from __future__ import annotations

from typing import Any

from periderm.formats.notices.fitting import one_line, printed, short, short_bytes
from periderm.model.notice import Message
from periderm.model.severity import Severity
from periderm.model.text import Text

OPEN = Text("Open in Periderm", "在 Periderm 中打开")
_FEISHU = {Severity.CRITICAL: "red", Severity.HIGH: "orange", Severity.MEDIUM: "yellow", Severity.LOW: "blue"}
_TEAMS = {Severity.CRITICAL: "attention", Severity.HIGH: "attention", Severity.MEDIUM: "warning"}


def slack(message: Message) -> dict[str, Any]:
    """For an incoming webhook."""
    title = one_line(message.title)
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": short(title, 150) or "-", "emoji": False}}
    ]
    blocks += [
        {"type": "section", "text": {"type": "plain_text", "text": part, "emoji": False}}
        for part in _parts(printed(message.text), 3000, 4)
    ]
    if message.link:
        text = {"type": "plain_text", "text": OPEN.pick(message.language)}
        blocks.append({"type": "actions", "elements": [{"type": "button", "text": text, "url": short(message.link, 3000)}]})
    fallback = short(title, 300).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": fallback, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def teams(message: Message) -> dict[str, Any]:
    """For a workflow that a webhook request starts. Rich text runs take no Markdown."""
    color = _TEAMS.get(message.severity, "default")
    body: list[dict[str, Any]] = [_rich(short(one_line(message.title), 300) or "-", weight="bolder", size="large", color=color)]
    body += [_rich(part) for part in _parts(short_bytes(printed(message.text), 18_000), 4000, 6)]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if message.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": OPEN.pick(message.language), "url": short(message.link, 2000)}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _rich(text: str, **how: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **how}]}


def feishu(message: Message) -> dict[str, Any]:
    """For a custom bot: a card whose texts are all plain."""
    elements: list[dict[str, Any]] = [
        {"tag": "div", "text": {"tag": "plain_text", "content": short_bytes(printed(message.text), 12_000) or "-"}}
    ]
    if message.link:
        text = {"tag": "plain_text", "content": OPEN.pick(message.language)}
        button = {"tag": "button", "text": text, "url": short(message.link, 1000), "type": "primary"}
        elements.append({"tag": "action", "actions": [button]})
    title = {"tag": "plain_text", "content": short(one_line(message.title), 300) or "-"}
    header = {"title": title, "template": _FEISHU.get(message.severity, "grey")}
    return {
        "msg_type": "interactive",
        "card": {"config": {"wide_screen_mode": True}, "header": header, "elements": elements},
    }


def dingtalk(message: Message) -> dict[str, Any]:
    """For a custom robot: plain text, nobody mentioned."""
    whole = short_bytes(_whole(message), 12_000)
    return {"msgtype": "text", "text": {"content": whole}, "at": {"atMobiles": [], "atUserIds": [], "isAtAll": False}}


def wecom(message: Message) -> dict[str, Any]:
    """For a group robot: plain text, in which '<@NAME>' would mention a member."""
    whole = _whole(message).replace("<@", "<\N{ZERO WIDTH SPACE}@")
    return {"msgtype": "text", "text": {"content": short_bytes(whole, 2048)}}


def _whole(message: Message) -> str:
    title = one_line(message.title)
    text = printed(message.text)
    link = message.link if message.link and message.link not in text else ""
    return "\n".join(part for part in (title, text, link) if part)


def _parts(text: str, size: int, most: int) -> list[str]:
    """Cut at line ends where there are some, at most `most` parts."""
    parts: list[str] = []
    while text and len(parts) < most:
        if len(text) <= size:
            parts.append(text)
            break
        at = text.rfind("\n", size // 2, size)
        at = at if at > 0 else size
        parts.append(text[:at])
        text = text[at:].lstrip("\n")
        if len(parts) == most:
            parts[-1] = short(parts[-1] + "…", size)
    return parts
