"""Chats that take a message at a secret address: Slack, Teams, Feishu, DingTalk, WeCom. What each answers when it refuses, and
how Feishu and DingTalk want a signature, is theirs.

Sources: Slack, 'Sending messages using incoming webhooks'; Microsoft, 'Workflows'; Feishu, 'Custom bot usage guide' (signature:
HMAC-SHA256 with 'TIMESTAMP\\nSECRET' as the key over nothing, seconds); DingTalk, 'Custom robot security settings' (over
'TIMESTAMP\\nSECRET' with the secret as the key, milliseconds, in the address); WeCom, 'Group robots'.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import quote_plus

from periderm.adapters.notifier_net.http import Answer, Http
from periderm.formats.notices import chat
from periderm.model.errors import NotifierError
from periderm.model.notice import Channel, Message

_WRITERS = {
    Channel.SLACK: chat.slack,
    Channel.TEAMS: chat.teams,
    Channel.FEISHU: chat.feishu,
    Channel.DINGTALK: chat.dingtalk,
    Channel.WECOM: chat.wecom,
}
# Codes in a 200 that mean 'too often': Feishu 11232 and 9499 is a bad request; DingTalk 130101 and 660026; WeCom 45009.
_TOO_OFTEN = frozenset({11232, 11233, 130101, 660026, 45009, -1})
TOO_OFTEN_SECONDS = 60.0


class Chat:
    """`ports.notifier.Notifier`. `signing` is the secret of Feishu's or DingTalk's signature, '' for none."""

    def __init__(self, http: Http, channel: Channel, signing: str = "") -> None:
        self._http = http
        self._channel = channel
        self._signing = signing

    def deliver(self, message: Message) -> str:
        """One message into the chat."""
        value: dict[str, Any] = _WRITERS[self._channel](message)
        path = self._http.path
        if self._signing and self._channel is Channel.FEISHU:
            stamp = str(message.time // 10**9)
            value = {"timestamp": stamp, "sign": feishu_sign(self._signing, stamp), **value}
        elif self._signing and self._channel is Channel.DINGTALK:
            stamp = str(message.time // 1_000_000)
            path += f"{'&' if '?' in path else '?'}timestamp={stamp}&sign={quote_plus(dingtalk_sign(self._signing, stamp))}"
        return self._checked(self._http.post(path, value))

    def _checked(self, answer: Answer) -> str:
        """Those of China answer 200 and say in the body whether they took it."""
        if self._channel in (Channel.SLACK, Channel.TEAMS):
            return answer.said()[:80] or str(answer.status)
        told = answer.json()
        codes = [told.get(name) for name in ("code", "StatusCode", "errcode")] if isinstance(told, dict) else []
        code = next((c for c in codes if isinstance(c, int)), None)
        if code == 0:
            return "0"
        said = answer.said()
        again = code is None or code in _TOO_OFTEN
        raise NotifierError(
            f"{self._channel.value} did not take it: {said or 'it said nothing'}.",
            "It is tried again." if again else "Check the robot's address, its security settings and the signing secret.",
            again=again,
            wait=TOO_OFTEN_SECONDS if code in _TOO_OFTEN else 0.0,
        )


def feishu_sign(secret: str, stamp: str) -> str:
    """The key is the text, and nothing is signed with it."""
    return base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def dingtalk_sign(secret: str, stamp: str) -> str:
    """The secret is the key."""
    return base64.b64encode(hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()).decode()
