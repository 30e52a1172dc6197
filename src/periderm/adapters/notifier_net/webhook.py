"""A webhook of our own: JSON, signed as Standard Webhooks has it (https://www.standardwebhooks.com: headers `webhook-id`,
`webhook-timestamp`, `webhook-signature` = 'v1,' and the base64 of an HMAC-SHA256 over 'ID.TIMESTAMP.BODY')."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

import msgspec

from periderm.adapters.notifier_net.http import Http
from periderm.formats.notices.records import body, records_of
from periderm.formats.ocsf.notices import notice_event
from periderm.model.errors import NotifierError
from periderm.model.notice import Message

SHORTEST_KEY = 16


class Webhook:
    """`ports.notifier.Notifier`. `ocsf` sends a list of OCSF events in place of our own form."""

    def __init__(self, http: Http, secret: str, *, ocsf: bool = False) -> None:
        self._http = http
        self._key = key_of(secret)
        self._ocsf = ocsf

    def deliver(self, message: Message) -> str:
        """The id is that of the delivery: the same at each try, so that the receiver can pass over a second one."""
        value = events(message) if self._ocsf else body(message)
        data = msgspec.json.encode(value)
        stamp = str(message.time // 10**9)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(self._key, message.id, stamp, data),
        }
        answer = self._http.good(self._http.ask("POST", self._http.path, data, headers))
        return f"{answer.status}"


def key_of(secret: str) -> bytes:
    """'whsec_' and base64, or the words themselves. Raises NotifierError for a key that is too short to be one."""
    key = secret.encode("utf-8", "surrogateescape")
    if secret.startswith("whsec_"):
        try:
            key = base64.b64decode(secret[6:], validate=True)
        except (binascii.Error, ValueError):
            raise NotifierError("Its signing key is not base64 behind whsec_.", "Make it anew.", again=False) from None
    if len(key) < SHORTEST_KEY:
        raise NotifierError("Its signing key is too short.", f"Use at least {SHORTEST_KEY} characters.", again=False)
    return key


def sign(key: bytes, identity: str, stamp: str, data: bytes) -> str:
    """The signature's header."""
    made = hmac.new(key, f"{identity}.{stamp}.".encode() + data, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


def events(message: Message) -> list[dict[str, object]]:
    """A message as OCSF events, one a notice."""
    found = records_of(message)
    return [notice_event(message, notice, found.get(notice.subject_id)) for notice in message.notices]
