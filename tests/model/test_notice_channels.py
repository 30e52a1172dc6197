"""What each channel is told where to send to."""

from __future__ import annotations

from periderm.model.notice import Channel
from periderm.model.notice_channels import CHANNELS


def test_every_channel_is_described() -> None:
    """None can be added that nobody can set up."""
    assert set(CHANNELS) == set(Channel)
    for channel, kind in CHANNELS.items():
        assert kind.key in ("needed", "may", "no"), channel
        assert kind.schemes or kind.key == "needed", channel
        assert all(option.told for option in kind.options.values())
        if kind.key != "no" and kind.schemes:
            assert kind.key_told, channel
