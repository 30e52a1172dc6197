"""Mail: to OpenSMTPD as Debian has it (as root), and with TLS and passwords to aiosmtpd."""

from __future__ import annotations

import contextlib
import email.policy
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from periderm.adapters.notifier_net.dialing import tls_context
from periderm.adapters.notifier_net.mail import Mail, addresses_of
from periderm.model.errors import NotifierError
from tests.told import LOOPBACK, hostile_notice, message, notice

SENDER, TO = "periderm@shop.test", "ops@shop.test"


def parsed(data: bytes) -> EmailMessage:
    """A mail as a reader sees it."""
    made = BytesParser(policy=email.policy.default).parsebytes(data)
    assert isinstance(made, EmailMessage)
    return made


class Keeps:
    """What came, by whom; who signed in. Refuses a recipient that is called so."""

    def __init__(self) -> None:
        self.came: list[Any] = []
        self.users: list[str] = []
        self.answer = "250 OK"

    async def handle_RCPT(self, _server: object, _session: object, envelope: Any, address: str, _options: object) -> str:
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.came.append(envelope)
        return self.answer

    def __call__(self, _server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == b"word", handled=False)


class _Server(Controller):
    def factory(self) -> SMTP:
        """The server of one connection."""
        return SMTP(self.handler, **self.SMTP_kwargs)


@contextlib.contextmanager
def server(certificate: Path, *, implicit: bool = False, tls: bool = True) -> Iterator[tuple[Keeps, int]]:
    """An SMTP server that offers STARTTLS, or speaks TLS from the beginning, and asks for a password in TLS only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    keeps = Keeps()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    more: dict[str, Any] = {"authenticator": keeps, "auth_require_tls": not implicit}
    if tls and not implicit:
        more["tls_context"] = context
    controller = _Server(keeps, "127.0.0.1", port, ssl_context=context if implicit else None, **more)
    controller.start()
    try:
        yield keeps, port
    finally:
        controller.stop()


@pytest.mark.parametrize("implicit", [False, True])
def test_mail_is_sent_with_tls_and_a_password(certificates: tuple[Path, Path], implicit: bool) -> None:
    """To all of them, in one thread for one subject."""
    ca, pem = certificates
    with server(pem, implicit=implicit) as (keeps, port):
        how = "tls" if implicit else "starttls"
        plug = Mail(
            "127.0.0.1",
            port,
            SENDER,
            f"{TO}, two@shop.test",
            how=how,
            secret="u:word",
            networks=LOOPBACK,
            tls=tls_context(str(ca)),
        )
        assert plug.deliver(message()) == "taken for 2 of 2"
        plug.deliver(message(hostile_notice()))
    first, second = (parsed(e.content) for e in keeps.came)
    assert keeps.came[0].rcpt_tos == [TO, "two@shop.test"]
    assert keeps.users == ["u", "u"]
    assert first["Subject"] == "[CRITICAL] New incident: shop-web started a shell"
    assert first["References"] == second["References"] == "<inc-shop@shop.test>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert "A shell was started and killed." in first.get_content()


def test_an_attacker_adds_no_header(certificates: tuple[Path, Path]) -> None:
    """Neither in the subject nor at the end of the headers, and what he wrote is told."""
    plug = Mail("127.0.0.1", 25, SENDER, TO, networks=LOOPBACK)
    made = parsed(plug.written(message(hostile_notice())).as_bytes())
    names = "Subject From To Date Message-ID Auto-Submitted References In-Reply-To MIME-Version"
    names += " Content-Type Content-Transfer-Encoding"
    assert sorted(made.keys()) == sorted(names.split())
    assert made["Bcc"] is None
    assert "\x1b" not in made.get_content()
    assert "漢字" in made.get_content()


def test_a_password_never_goes_without_tls(certificates: tuple[Path, Path]) -> None:
    """Also not when the server offers no STARTTLS, or somebody on the way took the offer out."""
    ca, pem = certificates
    with pytest.raises(NotifierError, match="not sent without TLS"):
        Mail("127.0.0.1", 25, SENDER, TO, how="plain", secret="u:word")
    with server(pem, tls=False) as (keeps, port):
        plug = Mail("127.0.0.1", port, SENDER, TO, secret="u:word", networks=LOOPBACK, tls=tls_context(str(ca)))
        with pytest.raises(NotifierError, match="does not offer it") as refused:
            plug.deliver(message())
    assert not refused.value.again
    assert (keeps.users, keeps.came) == ([], [])


def test_refusals_say_whether_they_may_pass(certificates: tuple[Path, Path]) -> None:
    """4yz does, 5yz does not; a certificate that nobody vouches for is one of its own."""
    ca, pem = certificates
    trusted = tls_context(str(ca))
    with server(pem) as (keeps, port):
        for to, secret, answer, said, again in (
            (TO, "u:wrong", "250 OK", "535", False),
            ("nobody@shop.test", "u:word", "250 OK", "550: no such user", False),
            (TO, "u:word", "451 later", "451: later", True),
            (TO, "u:word", "554 spam", "554: spam", False),
        ):
            keeps.answer = answer
            with pytest.raises(NotifierError, match=said) as refused:
                Mail("127.0.0.1", port, SENDER, to, secret=secret, networks=LOOPBACK, tls=trusted).deliver(message())
            assert refused.value.again is again
        with pytest.raises(NotifierError, match="is not trusted"):
            Mail("127.0.0.1", port, SENDER, TO, networks=LOOPBACK, tls=tls_context()).deliver(message())


@pytest.mark.parametrize("text", ["", "x", "a@b\r\nBcc: c@d", "a@b,", "a b@c", "<a@b>"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    """Before anything is sent; one with a comma behind it is one."""
    if text == "a@b,":
        assert addresses_of(text) == ["a@b"]
        return
    with pytest.raises(NotifierError):
        addresses_of(text)


@contextlib.contextmanager
def opensmtpd(folder: Path) -> Iterator[int]:
    """Debian's own, with its queue on a file system of its own, delivering into a folder."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    conf = folder / "smtpd.conf"
    conf.write_text(
        f'table all {{ "@" = nobody }}\nlisten on 127.0.0.1 port {port}\n'
        f'action "keep" maildir "{folder}/mail" virtual <all>\nmatch from any for domain "shop.test" action "keep"\n'
    )
    script = f"mount -t tmpfs tmpfs /var/spool && mount -t tmpfs tmpfs /run && exec smtpd -d -f {conf}"
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(["unshare", "-m", "sh", "-c", script], stdout=log, stderr=log)
    try:
        while daemon.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
                break
            time.sleep(0.01)
        assert daemon.poll() is None, (folder / "log").read_text()
        yield port
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(180)


@pytest.mark.root
@pytest.mark.skipif(shutil.which("smtpd") is None, reason="needs Debian's opensmtpd")
def test_a_real_daemon_delivers_it() -> None:
    """From the queue into a mailbox, as it was written."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "mail").mkdir()
        shutil.chown(folder / "mail", "nobody")
        with opensmtpd(folder) as port:
            plug = Mail("127.0.0.1", port, SENDER, TO, how="plain", networks=LOOPBACK)
            assert plug.deliver(message(hostile_notice(), notice(subject_id="inc-2"))) == "taken for 1 of 1"
            with pytest.raises(NotifierError, match="550") as refused:
                Mail("127.0.0.1", port, SENDER, "ops@elsewhere.test", how="plain", networks=LOOPBACK).deliver(message())
            assert not refused.value.again
            mailbox = folder / "mail" / "new"
            while not (mailbox.is_dir() and (found := os.listdir(mailbox))):
                assert "PermFail" not in (folder / "log").read_text()
                time.sleep(0.01)
            mail = parsed((mailbox / found[0]).read_bytes())
    assert mail["To"] == TO
    assert "A shell was started and killed." in mail.get_content()
    assert "漢字" in mail.get_content()
