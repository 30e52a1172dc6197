"""Chats: signatures as they document them, and what their refusals mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import pytest

from periderm.adapters.notifier_net.chat import Chat
from periderm.model.errors import NotifierError
from periderm.model.notice import Channel
from tests.adapters.notifier_net.conftest import http
from tests.told import NOW, message, place

FINE = {
    Channel.SLACK: b"ok",
    Channel.TEAMS: b"",
    Channel.FEISHU: {"code": 0, "msg": "success", "data": {}},
    Channel.DINGTALK: {"errcode": 0, "errmsg": "ok"},
    Channel.WECOM: {"errcode": 0, "errmsg": "ok"},
}


@pytest.mark.parametrize("channel", FINE)
def test_a_message_is_taken(channel: Channel) -> None:
    """By what each answers when it took it."""
    with place(lambda _: (202 if channel is Channel.TEAMS else 200, FINE[channel])) as there:
        Chat(http(there, "/hook?key=1"), channel).deliver(message())
    (asked,) = there.asked
    assert asked.path == "/hook?key=1"
    assert asked.headers["content-type"].startswith("application/json")
    assert asked.json()


def test_feishu_is_signed_in_the_body() -> None:
    """Seconds and secret are the key, and nothing is signed."""
    with place(lambda _: (200, FINE[Channel.FEISHU])) as there:
        Chat(http(there), Channel.FEISHU, "word").deliver(message())
    told = there.asked[0].json()
    assert told["timestamp"] == str(NOW // 10**9)
    key = f"{told['timestamp']}\nword".encode()
    assert told["sign"] == base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()


def test_dingtalk_is_signed_in_the_address() -> None:
    """Milliseconds, the secret as the key."""
    with place(lambda _: (200, FINE[Channel.DINGTALK])) as there:
        Chat(http(there, "/robot/send?access_token=t"), Channel.DINGTALK, "SECword").deliver(message())
    asked = parse_qs(urlsplit(there.asked[0].path).query)
    assert asked["access_token"] == ["t"]
    assert asked["timestamp"] == [str(NOW // 10**6)]
    made = hmac.new(b"SECword", f"{asked['timestamp'][0]}\nSECword".encode(), hashlib.sha256).digest()
    assert asked["sign"] == [base64.b64encode(made).decode()]


@pytest.mark.parametrize(
    ("channel", "answer", "again"),
    [
        (Channel.FEISHU, {"code": 19024, "msg": "Key Words Not Found"}, False),
        (Channel.FEISHU, {"code": 9499, "msg": "Bad Request"}, False),
        (Channel.FEISHU, {"code": 11232, "msg": "frequency limited"}, True),
        (Channel.DINGTALK, {"errcode": 310000, "errmsg": "sign not match"}, False),
        (Channel.DINGTALK, {"errcode": 130101, "errmsg": "send too fast"}, True),
        (Channel.WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, False),
        (Channel.WECOM, {"errcode": 45009, "errmsg": "api freq out of limit"}, True),
        (Channel.WECOM, [1], True),
        (Channel.DINGTALK, b"<html>", True),
    ],
)
def test_a_refusal_in_a_200_is_a_refusal(channel: Channel, answer: object, again: bool) -> None:
    """They answer 200 and say in the body that they did not take it."""
    with place(lambda _: (200, answer)) as there, pytest.raises(NotifierError) as refused:
        Chat(http(there), channel).deliver(message())
    assert refused.value.again is again
    if isinstance(answer, dict):
        assert (refused.value.wait > 0) is again
