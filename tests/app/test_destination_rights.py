"""What an administrator may say of a destination in a browser: nothing by which a secret of the machine goes elsewhere."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.destination_rights import check_from_afar, references
from periderm.model.errors import DeniedError
from periderm.model.notice import Channel, Destination

KEPT = "file:/var/lib/periderm/secrets/notify-ops.0123456789abcdef"
JIRA = Destination(name="ops", channel=Channel.JIRA, address="https://jira.test", secret="env:JIRA", options={"project": "OPS"})
ROBOT = Destination(name="team", channel=Channel.FEISHU, secret=KEPT, options={"signing": "env:SIGNING", "ca": "/etc/ca.pem"})


def but(old: Destination, **changes: object) -> Destination:
    """The same, another way."""
    return msgspec.structs.replace(old, **changes)


def test_where_secrets_lie() -> None:
    """By what they are for."""
    assert references(JIRA) == {"": "env:JIRA"}
    assert references(ROBOT) == {"": KEPT, "signing": "env:SIGNING"}
    assert references(but(JIRA, secret="")) == {}


@pytest.mark.parametrize("secret", ["env:PERIDERM_REGISTRY_PASSWORD", "file:/etc/shadow", KEPT])
def test_no_secret_of_the_machine_is_named(secret: str) -> None:
    """Nor another destination's."""
    for old in (None, JIRA):
        with pytest.raises(DeniedError, match="cannot be named"):
            check_from_afar(but(JIRA, secret=secret), old, {})
    check_from_afar(but(JIRA, secret=KEPT), None, {"": KEPT})


def test_a_known_secret_goes_where_it_went() -> None:
    """What is not its way may change; with the secret typed anew everything may."""
    check_from_afar(but(JIRA, options={"project": "WEB"}, title="x"), JIRA, {})
    moves: tuple[dict[str, object], ...] = ({"address": "https://evil.test"}, {"networks": ("10.0.0.0/8",)})
    for moved in moves:
        with pytest.raises(DeniedError, match="another address"):
            check_from_afar(but(JIRA, **moved), JIRA, {})
        check_from_afar(but(JIRA, secret=KEPT, **moved), JIRA, {"": KEPT})
    typed = but(ROBOT, secret=KEPT + "0", options=ROBOT.options | {"signing": "env:OTHER"})
    with pytest.raises(DeniedError):
        check_from_afar(typed, ROBOT, {"": KEPT + "0"})


@pytest.mark.parametrize("option", ["ca", "certificate", "key"])
def test_no_file_is_named(option: str) -> None:
    """But the one that is there may stay, or go."""
    syslog = Destination(name="log", channel=Channel.SYSLOG, address="tls://log.test", options={option: "/etc/x.pem"})
    with pytest.raises(DeniedError, match=option):
        check_from_afar(syslog, None, {})
    check_from_afar(syslog, syslog, {})
    check_from_afar(but(syslog, options={}), syslog, {})
    with pytest.raises(DeniedError):
        check_from_afar(but(syslog, options={option: "/etc/shadow"}), syslog, {})


def test_no_file_is_written() -> None:
    """Lines go to the server's own output, or to where the machine's command line says."""
    lines = Destination(name="l", channel=Channel.LINES, address="file:/root/.bashrc")
    for old in (None, lines):
        with pytest.raises(DeniedError):
            check_from_afar(lines, old, {})
    check_from_afar(but(lines, address="file:-"), None, {})


@pytest.mark.parametrize("network", ["127.0.0.1", "127.0.0.0/8", "0.0.0.0/0", "::/0", "::1", "169.254.169.254/32", "fe80::/10"])
def test_the_server_is_not_led_to_itself(network: str) -> None:
    """Nor to what only its machine may ask; other networks that are not public may be named."""
    web = Destination(name="w", channel=Channel.ALERTMANAGER, address="https://a.test")
    with pytest.raises(DeniedError):
        check_from_afar(but(web, networks=(network,)), None, {})
    check_from_afar(but(web, networks=(network,)), but(web, networks=(network,)), {})
    check_from_afar(but(web, networks=("10.0.0.0/8", "fd00::/8", "192.168.7.0/24")), None, {})
