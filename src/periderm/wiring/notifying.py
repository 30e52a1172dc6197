"""What tells others: one plug for each channel, made with the secrets that its destination names.

Adapters are named inside the functions, so that a process that tells nobody loads none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from periderm.model.errors import UsageError
from periderm.model.networks import Network, network_of
from periderm.model.notice import TICKETS, Channel, Destination
from periderm.wiring.watching import secret_named

if TYPE_CHECKING:
    import ssl

    from periderm.adapters.notifier_net.http import Http
    from periderm.model.settings import Settings
    from periderm.ports.notifier import Notifier, Tickets
    from periderm.ports.secrets import Secrets

MAIL_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
MAIL_WAYS = {"smtp": "starttls", "smtps": "tls", "smtp+plain": "plain"}
SYSLOG_PORTS = {"udp": 514, "tcp": 601, "tls": 6514}
_CHATS = frozenset({Channel.SLACK, Channel.TEAMS, Channel.FEISHU, Channel.DINGTALK, Channel.WECOM})


def notifier_for(destination: Destination) -> Notifier:
    """The plug of a destination; its secrets are read anew each time. Raises NotifierError, DeniedError, UsageError."""
    options = destination.options
    channel = destination.channel
    ocsf = options.get("format") == "ocsf"
    if channel is Channel.LINES:
        from periderm.adapters.notifier_lines import Lines

        return Lines(destination.address.removeprefix("file:"), form=options.get("format") or "json")
    if channel is Channel.WEBHOOK:
        from periderm.adapters.notifier_net.webhook import Webhook

        return Webhook(_http(destination, destination.address), _secret(destination.secret), ocsf=ocsf)
    if channel in _CHATS:
        from periderm.adapters.notifier_net.chat import Chat

        http = _http(destination, _secret(destination.secret))
        return Chat(http, channel, _secret(options.get("signing", "")))
    if channel is Channel.ALERTMANAGER:
        from periderm.adapters.notifier_net.alertmanager import Alertmanager

        return Alertmanager(_http(destination, destination.address), _secret(destination.secret))
    if channel is Channel.MAIL:
        return _mail(destination)
    if channel is Channel.SYSLOG:
        return _syslog(destination)
    raise UsageError(f"{channel.value} takes tickets, not messages.", "")


def tickets_for(destination: Destination) -> Tickets:
    """The tracker of a destination. Raises NotifierError, DeniedError, UsageError."""
    if destination.channel not in TICKETS:
        raise UsageError(f"{destination.channel.value} takes messages, not tickets.", "")
    options = destination.options
    labels = [word.strip() for word in options.get("labels", "").split(",") if word.strip()]
    http = _http(destination, destination.address)
    if destination.channel is Channel.JIRA:
        from periderm.adapters.notifier_net.jira import Jira

        return Jira(
            http,
            _secret(destination.secret),
            options.get("project", ""),
            kind=options.get("type") or "Task",
            labels=labels,
            close=options.get("close", ""),
            reopen=options.get("reopen", ""),
            base=destination.address,
        )
    from periderm.adapters.notifier_net.github import GitHub

    return GitHub(http, _secret(destination.secret), options.get("repository", ""), labels=labels)


def kept_secrets(settings: Settings) -> Secrets:
    """Where secrets lie that were typed in the console."""
    from periderm.adapters.kept_secrets import KeptSecrets

    return KeptSecrets(settings.secrets)


def _secret(reference: str) -> str:
    return secret_named(reference) if reference else ""


def _networks(destination: Destination) -> tuple[Network, ...]:
    return tuple(network_of(text) for text in destination.networks)


def _tls(destination: Destination) -> ssl.SSLContext | None:
    from periderm.adapters.notifier_net.dialing import tls_context

    options = destination.options
    named = (options.get("ca", ""), options.get("certificate", ""), options.get("key", ""))
    return tls_context(*named) if any(named) else None


def _http(destination: Destination, address: str) -> Http:
    from periderm.adapters.notifier_net.http import Http

    return Http(address, _networks(destination), tls=_tls(destination))


def _mail(destination: Destination) -> Notifier:
    from periderm.adapters.notifier_net.mail import Mail

    scheme, host, port = _place(destination.address, MAIL_PORTS)
    return Mail(
        host,
        port,
        destination.options.get("from", ""),
        destination.options.get("to", ""),
        how=MAIL_WAYS[scheme],
        secret=_secret(destination.secret),
        networks=_networks(destination),
        tls=_tls(destination),
    )


def _syslog(destination: Destination) -> Notifier:
    from periderm.adapters.notifier_net.syslog import Syslog
    from periderm.formats.notices.syslog import FACILITIES

    scheme, host, port = _place(destination.address, SYSLOG_PORTS)
    return Syslog(
        scheme,
        host,
        port,
        form=destination.options.get("format") or "cef",
        facility=FACILITIES.get(destination.options.get("facility") or "local0", 16),
        networks=_networks(destination),
        tls=_tls(destination),
    )


def _place(address: str, ports: dict[str, int]) -> tuple[str, str, int]:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or ports.get(parts.scheme, 0)
    except ValueError:
        host, port, parts = "", 0, urlsplit("")
    if not host or not port or parts.scheme not in ports:
        raise UsageError("Its address is not understood.", f"Write {' or '.join(f'{s}://HOST:PORT' for s in ports)}.")
    return parts.scheme, host, port
