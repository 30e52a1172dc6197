"""One plug for each channel, made with the secrets that its destination names."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.app.notify_check import checked
from periderm.model.errors import DeniedError, PeridermError, UsageError
from periderm.model.notice import TICKETS, Channel, Destination
from periderm.wiring.notifying import notifier_for, tickets_for
from tests.app.test_notify_check import GOOD
from tests.told import KEY


@pytest.mark.parametrize("channel", Channel)
def test_every_channel_has_a_plug(channel: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is made when it is needed, with secrets from where they lie."""
    for name in "KTFSDWJG":
        monkeypatch.setenv(name, f"https://hooks.test/{KEY}" if name in "TFDW" else KEY)
    secret = tmp_path / "slack"
    secret.write_text("https://hooks.test/T0/B0\n")
    secret.chmod(0o600)
    given = dict(GOOD[channel])
    if channel is Channel.SLACK:
        given["secret"] = f"file:{secret}"
    destination = checked(Destination(name="d", channel=channel, **given))
    made, other = (tickets_for, notifier_for) if channel in TICKETS else (notifier_for, tickets_for)
    assert made(destination)
    with pytest.raises(UsageError):
        other(destination)


def test_a_secret_that_is_not_there_is_said() -> None:
    """Each time, so that it can be set while the server runs."""
    with pytest.raises(DeniedError, match="NOT_SET_ANYWHERE"):
        notifier_for(Destination(name="d", channel=Channel.SLACK, secret="env:NOT_SET_ANYWHERE"))


@pytest.mark.parametrize("address", ["", "tls://", "tls://a:99999", "x://a", "tls://["])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """In words, whatever is in the store."""
    with pytest.raises(PeridermError):
        notifier_for(Destination(name="d", channel=Channel.SYSLOG, address=address))
