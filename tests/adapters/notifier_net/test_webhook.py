"""Our own webhook, verified as a receiver does."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from periderm.adapters.notifier_net.webhook import Webhook, events, key_of, sign
from periderm.model.errors import NotifierError
from tests.adapters.notifier_net.conftest import http
from tests.story import alerts, findings, incident
from tests.told import KEY, NOW, message, notice, place


def test_a_receiver_can_check_who_sent_it() -> None:
    """Id, time and body are signed; the id is that of the delivery at each try."""
    with place() as there:
        hook = Webhook(http(there, "/in?x=1"), KEY)
        hook.deliver(message())
        hook.deliver(message())
    first, second = there.asked
    assert first.path == "/in?x=1"
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "dlv-1"
    signed = f"dlv-1.{first.headers['webhook-timestamp']}.".encode() + first.body
    expected = base64.b64encode(hmac.new(KEY.encode(), signed, hashlib.sha256).digest()).decode()
    assert first.headers["webhook-signature"] == f"v1,{expected}"
    assert first.json()["notices"][0]["subject"] == "inc-shop"


def test_the_signature_is_that_of_the_specification() -> None:
    """Its own example: https://github.com/standard-webhooks/standard-webhooks, 'Symmetric' signatures."""
    key = key_of("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["", "fifteen-letters", "whsec_!!!", "whsec_QUJD"])
def test_a_key_that_is_none_is_refused(secret: str) -> None:
    """For good: nobody could check it."""
    with pytest.raises(NotifierError) as refused:
        key_of(secret)
    assert not refused.value.again
    assert not secret or secret not in str(refused.value)


def test_records_go_as_ocsf_where_that_was_asked_for() -> None:
    """What has no class of its own as a Base Event."""
    records = (incident(NOW, NOW), alerts(NOW)[0], findings(NOW)[0])
    told = message(*(notice(subject_id=r.id) for r in records), notice(subject_id="gone"), records=records)
    assert [e["class_uid"] for e in events(told)][:2] == [2005, 2004]
    assert events(told)[3]["class_uid"] == 0
    with place() as there:
        Webhook(http(there), KEY, ocsf=True).deliver(told)
    assert len(there.asked[0].json()) == 4
