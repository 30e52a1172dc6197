"""Syslog to a collector: RFC 5424 messages over UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425), in CEF or OCSF.

Syslog acknowledges nothing. Over a stream the connection is ended and the other side's end is waited for, which shows that it
has read all; over UDP nobody knows.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Sequence

import msgspec

from periderm.adapters.notifier_net.dialing import Resolve, addresses, connected, resolve, translated
from periderm.formats.notices import cef, syslog
from periderm.formats.notices.records import records_of
from periderm.formats.ocsf.base import base_event
from periderm.formats.ocsf.notices import notice_event
from periderm.model.errors import NotifierError
from periderm.model.networks import Network
from periderm.model.notice import Message, Notice

LARGEST_DATAGRAM = 8 << 10
END_SECONDS = 5.0


class Syslog:
    """`ports.notifier.Notifier`. `how` is 'udp', 'tcp' or 'tls'; `form` 'cef' or 'ocsf'."""

    def __init__(
        self,
        how: str,
        host: str,
        port: int,
        *,
        form: str = "cef",
        facility: int = 16,
        networks: Sequence[Network] = (),
        tls: ssl.SSLContext | None = None,
        find: Resolve = resolve,
    ) -> None:
        self._how, self._host, self._port = how, host, port
        self._form = form
        self._facility = facility
        self._networks = networks
        self._tls = tls
        self._find = find
        self._own = socket.gethostname()

    def deliver(self, message: Message) -> str:
        """One syslog message a notice."""
        lines = self.lines(message)
        if self._how == "udp":
            return self._datagrams(lines)
        tls = (self._tls or ssl.create_default_context()) if self._how == "tls" else None
        public = self._how == "tls"
        with connected(self._host, self._port, self._networks, public=public, tls=tls, find=self._find) as line:
            for data in lines:
                line.sendall(syslog.framed(data))
            read = self._end(line)
        return f"{len(lines)} sent{', all read' if read else ''}"

    def lines(self, message: Message) -> list[bytes]:
        """The messages, without their frames."""
        found = records_of(message)
        return [self._line(message, notice, found.get(notice.subject_id)) for notice in message.notices]

    def _line(self, message: Message, notice: Notice, record: object) -> bytes:
        if self._form == "cef":
            text = cef.event(message, notice, record)
        else:
            text = msgspec.json.encode(notice_event(message, notice, record)).decode()
            if self._how == "udp" and len(text) > LARGEST_DATAGRAM - 200:
                text = msgspec.json.encode(_small(message, notice)).decode()
        return syslog.message(
            text,
            severity=notice.severity,
            time=notice.time,
            host=self._own,
            process=os.getpid(),
            kind=notice.occasion.value,
            facility=self._facility,
        )

    def _datagrams(self, lines: Sequence[bytes]) -> str:
        with translated(self._host, self._port):
            places = addresses(self._host, self._port, self._networks, public=False, find=self._find, kind=socket.SOCK_DGRAM)
            family, place = places[0]
            with socket.socket(family, socket.SOCK_DGRAM) as line:
                for data in lines:
                    line.sendto(data[:LARGEST_DATAGRAM], place)
        return f"{len(lines)} sent"

    def _end(self, line: socket.socket) -> bool:
        """Whether the other side has ended too, after all was read. One that keeps the line open for a while is left so."""
        if isinstance(line, ssl.SSLSocket):
            line.settimeout(END_SECONDS)
            try:
                line.unwrap()
            except (TimeoutError, ssl.SSLError, OSError):
                # Many just close, without the alert that TLS wants (RFC 8446, 6.1): that they close is what counts.
                return False
            return True
        line.shutdown(socket.SHUT_WR)
        line.settimeout(END_SECONDS)
        try:
            return line.recv(1) == b""
        except TimeoutError:
            return False
        except ConnectionResetError as error:
            raise NotifierError(f"{self._host} broke the connection off.", "It is tried again.") from error


def _small(message: Message, notice: Notice) -> dict[str, object]:
    """The same without the record, where that has no room in a datagram."""
    return base_event(
        uid=notice.id,
        time=notice.time,
        severity=notice.severity,
        message=notice.title.en[:2000],
        activity=notice.occasion.value,
        more={"subject": notice.subject_id, "left_out": "the record does not fit into a datagram"},
        product_version=message.version,
    )
