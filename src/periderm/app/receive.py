"""Takes what agents and workers send, and says yes only after it is on the medium. Does not look at what it says:
`app.digesting` reads the same topic and stores it, `app.gathering` what is rows of events. What a node sends is marked as that
node's, so that nobody else's sequence or records can be meant; rows of events beyond a node's share are not kept."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.flow.gathering import TOPIC as SEEN
from periderm.model.envelope import FORM, Envelope, SeenEvents
from periderm.model.errors import BusError, FormatError, LimitError, NewerError, RestoredError
from periderm.model.orders import Place
from periderm.model.principal import Permission, Principal

TOPIC = "ingest"
MOST_ENVELOPES = 10_000
MOST_SENDERS = 16
LEAST_SKEW_NS = 30 * 10**9


class _Head(msgspec.Struct):
    """What is read of an envelope whose records may be of a version to come."""

    form: int = 1


_split = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_head = msgspec.msgpack.Decoder(_Head).decode
_check = msgspec.msgpack.Decoder(Envelope, strict=True).decode
_encode = msgspec.msgpack.Encoder().encode


def receive(app: Application, who: Principal, body: bytes, *, clock: int = 0) -> int:
    """`body` is a msgpack list of envelopes; each becomes one message of the topic: that of a process of this machine with its
    bytes unchanged, that of a node with the node's name. `clock` is the sender's, 0 if it did not say. Returns how many are
    durable now. Raises FormatError, LimitError, NewerError, BusError; then the sender sends all of them again, and
    what is durable of them already is passed over by its sequence."""
    require(who, Permission.INGEST)
    if app.bus is None:
        raise BusError("This process has no spool.", "Send to the process that `periderm server` started.")
    try:
        parts = _split(body)
        if len(parts) > MOST_ENVELOPES:
            raise LimitError(f"{len(parts)} envelopes in one request, at most {MOST_ENVELOPES} are taken.", "Send fewer.")
        newest = max((_head(part).form for part in parts), default=FORM)
        if newest > FORM:
            raise NewerError(
                f"The sender is newer than this server (it writes form {newest}, this server reads {FORM}).",
                "Upgrade the server first: what waits is sent then.",
            )
        envelopes = [_check(part) for part in parts]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # ValidationError is one of the first
        raise FormatError(f"The body is not a list of envelopes: {error}.", "Send application/msgpack.") from error
    if app.life and any(envelope.life not in ("", app.life) for envelope in envelopes):
        raise RestoredError("The server was put back from a copy.", "Ask how far it is, and send again what came after.")
    if parts:
        skew = clock - app.clock.now() if clock else 0
        told = skew if abs(skew) >= LEAST_SKEW_NS else 0
        messages: dict[str, list[bytes]] = {}
        for part, envelope in zip(parts, envelopes, strict=True):
            topic = _topic(envelope)
            if topic != SEEN or _affords(app, who, part, envelope):
                messages.setdefault(topic, []).append(_mark(part, envelope, who, told))
        for topic, some in messages.items():
            app.bus.publish(topic, some)
    return len(parts)


def place_of(app: Application, who: Principal, senders: Sequence[str]) -> Place:
    """How far this server is with what these send: what is stored, not what waits to be. Raises LimitError."""
    require(who, Permission.INGEST)
    if len(senders) > MOST_SENDERS:
        raise LimitError(f"More than {MOST_SENDERS} senders in one question.", "Ask for fewer.")
    return Place(life=app.life, seen={name: app.store.seen(_sender(who, name)) for name in senders})


def _sender(who: Principal, name: str) -> str:
    """As the store knows it: nobody asks for another node's."""
    return f"{who.node_id}/{name}"[:200] if who.node_id else name


def _topic(envelope: Envelope) -> str:
    """Rows of events, which are many, go a way of their own: alerts do not wait behind them."""
    seen = envelope.records and all(isinstance(record, SeenEvents) for record in envelope.records)
    return SEEN if seen else TOPIC


def _affords(app: Application, who: Principal, part: msgspec.Raw, envelope: Envelope) -> bool:
    """Before anything is written: what is beyond a machine's share is counted, and said to be taken, for it would be sent again
    and again."""
    if app.quota is None or not who.node_id:
        return True
    rows = sum(record.rows for record in envelope.records if isinstance(record, SeenEvents))
    return app.quota.take(who.node_id, len(bytes(part)), max(0, rows))


def _mark(part: msgspec.Raw, envelope: Envelope, who: Principal, skew: int) -> bytes:
    """As it is kept. Nobody says of himself which node he is."""
    if not who.node_id:
        plain = not (envelope.node_id or envelope.skew)
        return bytes(part) if plain else _encode(msgspec.structs.replace(envelope, node_id="", skew=0))
    return _encode(msgspec.structs.replace(envelope, sender=_sender(who, envelope.sender), node_id=who.node_id, skew=skew))
