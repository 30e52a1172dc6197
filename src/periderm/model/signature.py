"""What signs an image, as values: signed contents with their proofs, roots of trust, and why one is refused. Verifies nothing.

Names follow Sigstore's protobuf-specs (sigstore_bundle.proto, sigstore_rekor.proto, sigstore_trustroot.proto) and cosign's
specs/SIGNATURE_SPEC.md; bytes are decoded, times are Unix seconds.
"""

from __future__ import annotations

import enum

import msgspec

from periderm.model.errors import SignatureError
from periderm.model.text import Text


class Content(enum.StrEnum):
    """What the signed bytes are."""

    SIMPLE = "simple-signing"  # cosign's JSON payload, which names the manifest's digest
    STATEMENT = "statement"  # an in-toto statement in a DSSE envelope
    MANIFEST = "manifest"  # the manifest itself, of which the bundle tells the digest


class InclusionProof(msgspec.Struct, frozen=True, kw_only=True):
    """That an entry is in a log's tree (RFC 6962, 2.1.1), with the log's signed note about that tree."""

    index: int
    size: int
    root: bytes
    hashes: tuple[bytes, ...] = ()
    checkpoint: str = ""


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a transparency log (Rekor). `body` is what the log keeps; `promise` the log's signature over body, time,
    log and index (b'' none), `integrated` the time it promises (0: none)."""

    body: bytes
    log_id: bytes
    index: int = 0
    integrated: int = 0
    kind: str = ""
    version: str = ""
    promise: bytes = b""
    proof: InclusionProof | None = None


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """One signed content as it was found. `payload` is what was signed (`STATEMENT`: before DSSE's encoding; `MANIFEST`: the
    digest, raw). `certificate` is DER (b'': a key signed), `chain` further certificates that nobody has to believe.
    `timestamps` are RFC 3161 responses. `where` says from where it comes, for people."""

    content: Content
    payload: bytes
    signatures: tuple[bytes, ...]
    payload_type: str = ""
    certificate: bytes = b""
    chain: tuple[bytes, ...] = ()
    entries: tuple[LogEntry, ...] = ()
    timestamps: tuple[bytes, ...] = ()
    where: str = ""


class Span(msgspec.Struct, frozen=True):
    """A time range, both ends included; `end` 0 is open."""

    start: int = 0
    end: int = 0

    def holds(self, time: int) -> bool:
        """Whether the time lies in it."""
        return self.start <= time and (not self.end or time <= self.end)


class TrustedLog(msgspec.Struct, frozen=True, kw_only=True):
    """A transparency log. `key` is DER (SubjectPublicKeyInfo, or PKCS 1), `log_id` as the root tells it, `name` the origin
    of its notes (its address without the scheme)."""

    key: bytes
    log_id: bytes
    details: str = ""
    name: str = ""
    valid: Span = Span()


class TrustedAuthority(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate authority: its chain (DER) from the issuing certificate up to the self-signed root."""

    chain: tuple[bytes, ...]
    uri: str = ""
    valid: Span = Span()


class TrustedRoot(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a person trusts to say who signed: a `trusted_root.json`."""

    authorities: tuple[TrustedAuthority, ...] = ()
    logs: tuple[TrustedLog, ...] = ()
    certificate_logs: tuple[TrustedLog, ...] = ()
    timestampers: tuple[TrustedAuthority, ...] = ()


class Refusal(enum.StrEnum):
    """Why a signature does not count."""

    DAMAGED = "damaged"
    OTHER_KEY = "other-key"
    WRONG_SIGNATURE = "wrong-signature"
    WEAK = "weak"
    OTHER_IMAGE = "other-image"
    NO_STATEMENT = "no-statement"
    CHAIN = "chain"
    IDENTITY = "identity"
    ISSUER = "issuer"
    PURPOSE = "purpose"
    EXPIRED = "expired"
    NO_TIME = "no-time"
    NO_LOG = "no-log"
    OTHER_LOG = "other-log"
    LOG_PROOF = "log-proof"
    LOG_NOTE = "log-note"
    LOG_PROMISE = "log-promise"
    LOG_BODY = "log-body"
    CERTIFICATE_LOG = "certificate-log"
    TIMESTAMP = "timestamp"
    TOO_LARGE = "too-large"


REFUSALS: dict[Refusal, Text] = {
    Refusal.DAMAGED: Text("it cannot be read", "无法读取"),
    Refusal.OTHER_KEY: Text("another key signed it", "由其他密钥签名"),
    Refusal.WRONG_SIGNATURE: Text("the signature does not fit what was signed", "签名与内容不符"),
    Refusal.WEAK: Text("its algorithm or key size is not accepted", "算法或密钥长度不被接受"),
    Refusal.OTHER_IMAGE: Text("it is about another image", "签名对象是其他镜像"),
    Refusal.NO_STATEMENT: Text("it holds no statement about an image", "不含关于镜像的声明"),
    Refusal.CHAIN: Text("no trusted authority issued its certificate", "证书并非由受信任的机构签发"),
    Refusal.IDENTITY: Text("its certificate names another identity", "证书中的身份不符"),
    Refusal.ISSUER: Text("another identity provider vouched for the signer", "为签名者担保的身份提供方不符"),
    Refusal.PURPOSE: Text("its certificate is not for signing code", "证书不用于代码签名"),
    Refusal.EXPIRED: Text("its certificate was not valid when it was signed", "签名时证书不在有效期内"),
    Refusal.NO_TIME: Text("nobody who is trusted tells when it was signed", "没有受信任的一方证明签名时间"),
    Refusal.NO_LOG: Text("it is in no transparency log", "未登记于任何透明日志"),
    Refusal.OTHER_LOG: Text("its transparency log is not one that is trusted", "其透明日志不受信任"),
    Refusal.LOG_PROOF: Text("the proof that it is in the log does not hold", "日志收录证明不成立"),
    Refusal.LOG_NOTE: Text("the log's signed note does not hold", "日志的签名检查点不成立"),
    Refusal.LOG_PROMISE: Text("the log's promise does not hold", "日志的收录承诺不成立"),
    Refusal.LOG_BODY: Text("the log's entry is about another signature", "日志条目对应的是另一个签名"),
    Refusal.CERTIFICATE_LOG: Text("no trusted certificate log has seen its certificate", "没有受信任的证书日志收录其证书"),
    Refusal.TIMESTAMP: Text("its timestamp does not hold", "时间戳不成立"),
    Refusal.TOO_LARGE: Text("it is larger than any signature", "大小超过任何签名应有的上限"),
}


class UntrustedError(SignatureError):
    """A signature does not count. `why` is the reason, `detail` what stands there instead (foreign, for people)."""

    def __init__(self, why: Refusal, detail: str = "") -> None:
        super().__init__(f"The signature does not count: {REFUSALS[why].en}.")
        self.why, self.detail = why, detail
