"""Takes what agents and workers send, and says yes only after it is on the medium. Does not look at what it says:
`app.ingest` reads the same topic and stores it."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application, require
from periderm.model.envelope import Envelope
from periderm.model.errors import BusError, FormatError, LimitError
from periderm.model.principal import Permission, Principal

TOPIC = "ingest"
MOST_ENVELOPES = 10_000

_split = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_check = msgspec.msgpack.Decoder(Envelope, strict=True).decode


def receive(app: Application, who: Principal, body: bytes) -> int:
    """`body` is a msgpack list of envelopes; each becomes one message of the topic, its bytes unchanged. Returns how many
    are durable now. Raises FormatError, LimitError, BusError; then none of them is."""
    require(who, Permission.INGEST)
    if app.bus is None:
        raise BusError("This process has no spool.", "Send to the process that `periderm server` started.")
    try:
        parts = _split(body)
        if len(parts) > MOST_ENVELOPES:
            raise LimitError(f"{len(parts)} envelopes in one request, at most {MOST_ENVELOPES} are taken.", "Send fewer.")
        for part in parts:
            _check(part)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # ValidationError is one of the first
        raise FormatError(f"The body is not a list of envelopes: {error}.", "Send application/msgpack.") from error
    if parts:
        app.bus.publish(TOPIC, [bytes(part) for part in parts])
    return len(parts)
