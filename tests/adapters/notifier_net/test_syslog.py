"""Syslog to a real rsyslogd, over UDP, TCP and TLS, in CEF and OCSF."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.notifier_net.dialing import tls_context
from periderm.adapters.notifier_net.syslog import LARGEST_DATAGRAM, Syslog
from periderm.formats.notices import cef
from periderm.model.errors import NotifierError
from periderm.model.text import Text
from tests.free_ports import free_port
from tests.story import incident
from tests.told import LOOPBACK, NOW, hostile_notice, message, notice

RSYSLOG = shutil.which("rsyslogd") or "/usr/sbin/rsyslogd"
needs_rsyslog = pytest.mark.skipif(not Path(RSYSLOG).exists(), reason="needs Debian's rsyslog")
needs_tls = pytest.mark.skipif(
    not list(Path("/usr/lib").glob("*/rsyslog/lmnsd_gtls.so")), reason="needs Debian's rsyslog-gnutls"
)


class Rsyslog:
    """rsyslogd with one input; `out` has each message as its parser understood it."""

    def __init__(self, folder: Path, how: str, certificates: tuple[Path, Path] | None = None) -> None:
        self.out = folder / "out.jsonl"
        self.log = folder / "log"
        self.port = free_port(socket.SOCK_DGRAM if how == "udp" else socket.SOCK_STREAM)
        inputs = {
            "udp": f'module(load="imudp")\ninput(type="imudp" address="127.0.0.1" port="{self.port}")',
            "tcp": f'module(load="imtcp")\ninput(type="imtcp" address="127.0.0.1" port="{self.port}")',
        }
        if how == "tls":
            assert certificates is not None
            ca, pem = certificates
            inputs["tls"] = (
                f'global(defaultNetstreamDriverCAFile="{ca}" defaultNetstreamDriverCertFile="{pem}" '
                f'defaultNetstreamDriverKeyFile="{pem}")\n'
                'module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")\n'
                f'input(type="imtcp" address="127.0.0.1" port="{self.port}")'
            )
        fields = (
            "pri",
            "timereported",
            "hostname",
            "app-name",
            "procid",
            "msgid",
            "structured-data",
            "msg",
            "protocol-version",
        )
        template = ",".join(
            f'\\"{name}\\":\\"%{name}:::json{",date-rfc3339" if name == "timereported" else ""}%\\"' for name in fields
        )
        conf = folder / "rsyslog.conf"
        conf.write_text(
            'global(maxMessageSize="64k" workDirectory="'
            + str(folder)
            + '" parser.escapeControlCharactersOnReceive="off")\n'
            + inputs[how]
            + f'\ntemplate(name="all" type="string" string="{{{template}}}\\n")\n'
            + f'action(type="omfile" file="{self.out}" template="all" asyncWriting="off" flushOnTXEnd="on")\n'
        )
        with self.log.open("wb") as log:
            self.daemon = subprocess.Popen([RSYSLOG, "-n", "-f", str(conf), "-i", str(folder / "pid")], stdout=log, stderr=log)

    def listening(self, how: str) -> None:
        """Returns when it takes connections; over UDP when the port is taken."""
        while True:
            assert self.daemon.poll() is None, self.log.read_text()
            if how == "udp":
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
                    try:
                        line.bind(("127.0.0.1", self.port))
                    except OSError:
                        return
            else:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
                    return
            time.sleep(0.01)

    def messages(self, count: int) -> list[dict[str, str]]:
        """As soon as there are so many."""
        while True:
            assert self.daemon.poll() is None, self.log.read_text()
            lines = self.out.read_text().splitlines(keepends=True) if self.out.exists() else []
            if len(lines) >= count and lines[-1].endswith("\n"):
                return [json.loads(line) for line in lines]
            time.sleep(0.01)


@contextlib.contextmanager
def rsyslog(folder: Path, how: str, certificates: tuple[Path, Path] | None = None) -> Iterator[Rsyslog]:
    """It ends with the block."""
    made = Rsyslog(folder, how, certificates)
    try:
        made.listening(how)
        yield made
    finally:
        made.daemon.terminate()
        made.daemon.wait(180)


@needs_rsyslog
@needs_tls
@pytest.mark.parametrize("how", ["udp", "tcp", "tls"])
def test_a_real_collector_understands_it(tmp_path: Path, certificates: tuple[Path, Path], how: str) -> None:
    """Each message is one, with its own fields, whatever an attacker wrote."""
    told = message(notice(), hostile_notice())
    with rsyslog(tmp_path, how, certificates) as daemon:
        plug = Syslog(how, "127.0.0.1", daemon.port, networks=LOOPBACK, tls=tls_context(str(certificates[0])))
        answer = plug.deliver(told)
        assert answer.startswith("2 sent")
        if how == "tcp":
            assert answer == "2 sent, all read"
        came = daemon.messages(2)
    assert len(came) == 2
    for got, sent in zip(came, told.notices, strict=True):
        assert (got["protocol-version"], got["app-name"], got["msgid"]) == ("1", "periderm", "incident-new")
        assert got["pri"] == str(16 * 8 + 2)
        assert got["timereported"].startswith("2026-11-25T09:46:00")
        assert got["msg"].lstrip() == cef.event(told, sent)


@needs_rsyslog
def test_ocsf_goes_whole_over_a_stream(tmp_path: Path) -> None:
    """An incident with all that it has."""
    record = incident(NOW, NOW)
    told = message(notice(subject_id=record.id), records=(record,))
    with rsyslog(tmp_path, "tcp") as daemon:
        Syslog("tcp", "127.0.0.1", daemon.port, form="ocsf", networks=LOOPBACK).deliver(told)
        (got,) = daemon.messages(1)
    event = json.loads(got["msg"])
    assert (event["class_uid"], event["finding_info_list"][0]["uid"] != "") == (2005, True)


def test_a_datagram_has_room_for_an_event_or_says_what_it_left_out() -> None:
    """What is cut would be no JSON."""
    record = incident(NOW, NOW)
    steps = record.chain * 200
    large = type(record)(**{f: getattr(record, f) for f in record.__struct_fields__} | {"chain": steps})
    told = message(notice(subject_id=record.id, title=Text("x" * 9000, "")), records=(large,))
    (line,) = Syslog("udp", "127.0.0.1", 1, form="ocsf").lines(told)
    assert len(line) <= LARGEST_DATAGRAM
    event = json.loads(line[line.index(b"{") :])
    assert event["unmapped"]["left_out"]


def test_a_collector_that_breaks_off_is_a_failure() -> None:
    """It is sent again: some of it may not have been read."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def break_off() -> None:
            line, _ = server.accept()
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # a reset, not an end
            line.recv(1)
            line.close()

        thread = threading.Thread(target=break_off)
        thread.start()
        with pytest.raises(NotifierError):
            Syslog("tcp", "127.0.0.1", server.getsockname()[1], networks=LOOPBACK).deliver(message())
        thread.join(180)


def test_an_inner_collector_must_be_allowed() -> None:
    """As every other address; without TLS nothing goes over the internet."""
    for how in ("udp", "tcp", "tls"):
        with pytest.raises(NotifierError, match="may be spoken to"):
            Syslog(how, "127.0.0.1", 1).deliver(message())
    for how in ("udp", "tcp"):
        with pytest.raises(NotifierError, match="without TLS"):
            Syslog(how, "8.8.8.8", 1).deliver(message())
