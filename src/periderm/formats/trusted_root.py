"""Sigstore's `trusted_root.json`: certificate authorities, transparency logs, certificate logs and timestamping authorities
that a person trusts. Trusts nobody by itself.

Source: sigstore/protobuf-specs, protos/sigstore_trustroot.proto.
"""

from __future__ import annotations

import base64
import binascii
import datetime

import msgspec

from periderm.model.errors import FormatError, LimitError
from periderm.model.signature import Span, TrustedAuthority, TrustedLog, TrustedRoot

LARGEST = 4 << 20
MOST = 256
_KIND = "application/vnd.dev.sigstore.trustedroot"


class _Range(msgspec.Struct):
    start: str = ""
    end: str = ""


class _Key(msgspec.Struct, rename="camel"):
    raw_bytes: str = ""
    key_details: str = ""
    valid_for: _Range | None = None


class _Id(msgspec.Struct, rename="camel"):
    key_id: str = ""


class _Log(msgspec.Struct, rename="camel"):
    public_key: _Key
    log_id: _Id
    base_url: str = ""
    hash_algorithm: str = ""


class _Certificate(msgspec.Struct, rename="camel"):
    raw_bytes: str


class _Chain(msgspec.Struct):
    certificates: tuple[_Certificate, ...] = ()


class _Authority(msgspec.Struct, rename="camel"):
    cert_chain: _Chain
    uri: str = ""
    valid_for: _Range | None = None


class _Root(msgspec.Struct, rename="camel"):
    media_type: str
    tlogs: tuple[_Log, ...] = ()
    certificate_authorities: tuple[_Authority, ...] = ()
    ctlogs: tuple[_Log, ...] = ()
    timestamp_authorities: tuple[_Authority, ...] = ()


_decoder = msgspec.json.Decoder(_Root)


def parse_trusted_root(data: bytes, where: str = "") -> TrustedRoot:
    """All that the file names. Raises FormatError, LimitError."""
    if len(data) > LARGEST:
        raise LimitError(f"a trusted root is not larger than {LARGEST >> 20} MiB.", where=where)
    try:
        read = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no trusted root ({str(error)[:200]}).", _STEP, where=where) from None
    if not read.media_type.startswith(_KIND):
        raise FormatError(f"this is no trusted root but {read.media_type[:80]!r}.", _STEP, where=where)
    several = (read.tlogs, read.certificate_authorities, read.ctlogs, read.timestamp_authorities)
    if any(len(each) > MOST for each in several):
        raise LimitError(f"a trusted root names more than {MOST} of a kind.", where=where)
    return TrustedRoot(
        authorities=tuple(_authority(each, where) for each in read.certificate_authorities),
        logs=tuple(_log(each, where) for each in read.tlogs),
        certificate_logs=tuple(_log(each, where) for each in read.ctlogs),
        timestampers=tuple(_authority(each, where) for each in read.timestamp_authorities),
    )


_STEP = "Give a file as `cosign trusted-root create` or a TUF repository of Sigstore gives it."


def _log(log: _Log, where: str) -> TrustedLog:
    if log.hash_algorithm not in ("", "SHA2_256"):
        raise FormatError(f"a log's trees are hashed with {log.hash_algorithm[:40]!r}, which is not known.", where=where)
    return TrustedLog(
        key=_bytes(log.public_key.raw_bytes, where),
        log_id=_bytes(log.log_id.key_id, where),
        details=log.public_key.key_details,
        name=log.base_url.partition("://")[2],
        valid=_span(log.public_key.valid_for, where),
    )


def _authority(authority: _Authority, where: str) -> TrustedAuthority:
    chain = tuple(_bytes(each.raw_bytes, where) for each in authority.cert_chain.certificates)
    if not 0 < len(chain) <= MOST:
        raise FormatError("an authority has no certificate, or too many.", where=where)
    return TrustedAuthority(chain=chain, uri=authority.uri, valid=_span(authority.valid_for, where))


def _span(told: _Range | None, where: str) -> Span:
    if told is None:
        return Span()
    return Span(_time(told.start, where), _time(told.end, where))


def _time(text: str, where: str) -> int:
    """RFC 3339 to Unix seconds; 0 for none."""
    if not text:
        return 0
    try:
        # Python 3.11 reads at most six digits of a second's parts.
        whole = text if "." not in text else text.partition(".")[0] + "Z"
        return int(datetime.datetime.fromisoformat(whole).timestamp())
    except (ValueError, OverflowError):
        raise FormatError(f"{text[:40]!r} is no time.", where=where) from None


def _bytes(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise FormatError("a part of it is not Base64.", where=where) from None
