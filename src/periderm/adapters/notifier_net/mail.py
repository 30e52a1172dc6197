"""Mail by SMTP (RFC 5321): with TLS from the beginning or by STARTTLS; without only where that was asked for.

A mail that a program sends says so (RFC 3834), and mails about one subject stand in one thread (RFC 5322, 3.6.4).
"""

from __future__ import annotations

import email.policy
import email.utils
import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from email.message import EmailMessage

from periderm.adapters.notifier_net.dialing import Resolve, connected, resolve
from periderm.formats.notices.fitting import one_line, printed, short
from periderm.model.errors import NotifierError
from periderm.model.networks import Network
from periderm.model.notice import Message

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
SECONDS = 60.0


def addresses_of(text: str) -> list[str]:
    """Mail addresses by commas. Raises NotifierError."""
    found = [part.strip() for part in text.split(",") if part.strip()]
    if not found or len(found) > 100 or not all(_ADDRESS.fullmatch(a) for a in found):
        raise NotifierError("Its mail addresses are not understood.", "Write them as name@host, by commas.", again=False)
    return found


class Mail:
    """`ports.notifier.Notifier`. `how` is 'tls', 'starttls' or 'plain'; `secret` 'USER:PASSWORD' or ''."""

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        to: str,
        *,
        how: str = "starttls",
        secret: str = "",
        networks: Sequence[Network] = (),
        tls: ssl.SSLContext | None = None,
        find: Resolve = resolve,
    ) -> None:
        self._host, self._port = host, port
        self._sender = addresses_of(sender)[0]
        self._to = addresses_of(to)
        self._how = how
        self._secret = secret
        self._networks = networks
        self._tls = tls
        self._find = find
        if how == "plain" and secret:
            raise NotifierError("A password is not sent without TLS.", "Use smtp:// with STARTTLS, or smtps://.", again=False)

    def deliver(self, message: Message) -> str:
        """One mail to all of them."""
        mail = self.written(message)
        context = self._tls or ssl.create_default_context()
        first = context if self._how == "tls" else None
        public = self._how != "plain"
        with connected(
            self._host, self._port, self._networks, public=public, tls=first, seconds=SECONDS, find=self._find
        ) as line:
            try:
                return self._send(line, mail, context)
            except smtplib.SMTPRecipientsRefused as error:
                said = next(iter(error.recipients.values()), (0, b""))
                raise self._refused(said[0], said[1]) from error
            except smtplib.SMTPResponseException as error:
                raise self._refused(error.smtp_code, error.smtp_error) from error
            except smtplib.SMTPNotSupportedError as error:
                raise NotifierError(
                    f"{self._host} does not offer it: {error}.", "Use another port, or smtps://.", again=False
                ) from error
            except smtplib.SMTPException as error:
                raise NotifierError(f"{self._host} broke off: {error}.", "It is tried again.") from error

    def _send(self, line: socket.socket, mail: EmailMessage, context: ssl.SSLContext) -> str:
        talk = _Talk(line, self._host)
        try:
            return self._spoken(talk, mail, context)
        finally:
            talk.close()  # STARTTLS has put another socket in the place of the line

    def _spoken(self, talk: _Talk, mail: EmailMessage, context: ssl.SSLContext) -> str:
        code, said = talk.connect(self._host, self._port)
        if code != 220:
            raise self._refused(code, said)
        talk.ehlo_or_helo_if_needed()
        if self._how == "starttls":
            talk.starttls(context=context)
            talk.ehlo()
        if self._secret:
            user, _, password = self._secret.partition(":")
            talk.login(user, password)
        left = talk.send_message(mail, self._sender, self._to)
        talk.quit()
        return f"taken for {len(self._to) - len(left)} of {len(self._to)}"

    def _refused(self, code: int, said: bytes | str) -> NotifierError:
        """RFC 5321, 4.2.1: 4yz passes, 5yz stays."""
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        again = not 500 <= code < 600
        step = "It is tried again." if again else "Check its secret, the sender and whom it goes to."
        return NotifierError(f"{self._host} answered {code}: {short(one_line(words), 200)}.", step, again=again)

    def written(self, message: Message) -> EmailMessage:
        """The mail itself."""
        domain = self._sender.rpartition("@")[2]
        mail = EmailMessage(policy=email.policy.SMTP)
        mail["Subject"] = short(one_line(message.title), 200) or "Periderm"
        mail["From"] = self._sender
        mail["To"] = ", ".join(self._to)
        mail["Date"] = email.utils.formatdate(message.time / 10**9)
        mail["Message-ID"] = f"<{message.id}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        if len(message.notices) == 1:
            thread = f"<{message.notices[0].subject_id}@{domain}>"
            mail["References"] = thread
            mail["In-Reply-To"] = thread
        mail.set_content(printed(message.text) + "\n", charset="utf-8", cte="quoted-printable")
        return mail


class _Talk(smtplib.SMTP):
    """SMTP over a connection that is there already."""

    def __init__(self, line: socket.socket, host: str) -> None:
        super().__init__(local_hostname=_own_name())
        self._line = line
        self._host = host  # what STARTTLS checks the certificate for

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del host, port, timeout
        return self._line


def _own_name() -> str:
    name = "".join(c for c in socket.gethostname() if c.isascii() and (c.isalnum() or c in "-."))
    return name[:200] or "localhost"
