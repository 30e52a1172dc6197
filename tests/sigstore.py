"""A whole world of signing for tests: a certificate authority, a certificate log, a transparency log, a timestamping authority,
made anew each time. It writes what the public ones write, by other code than what is tested."""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
import json
import struct
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

NOW = 1_790_000_000  # the time of these worlds
IDENTITY, ISSUER = "release@shop.example.org", "https://accounts.example.org"
WORKFLOW = "https://git.example.org/shop/web/.ci/release.yml@refs/heads/main"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def b64(data: bytes) -> str:
    """Standard Base64."""
    return base64.b64encode(data).decode()


def spki(key: Any) -> bytes:
    """The DER of a public or private key's SubjectPublicKeyInfo."""
    public = key.public_key() if hasattr(key, "public_key") else key
    return bytes(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def pem(key: Any) -> bytes:
    """The PEM of a private key's public part."""
    return bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def sign(key: Key, data: bytes, *, pss: bool = False, sha: Any = None) -> bytes:
    """A signature as cosign makes it: SHA-256 unless told otherwise."""
    sha = sha or hashes.SHA256()
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(sha))
    pad = padding.PSS(padding.MGF1(sha), sha.digest_size) if pss else padding.PKCS1v15()
    return key.sign(data, pad, sha)


def pae(payload: bytes, kind: str) -> bytes:
    """DSSE's encoding."""
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)


def new_key() -> ec.EllipticCurvePrivateKey:
    """ECDSA on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def at(time: int) -> datetime.datetime:
    """A time as certificates want it."""
    return datetime.datetime.fromtimestamp(time, datetime.UTC)


def rfc3339(time: int) -> str:
    """A time as a trusted root writes it."""
    return at(time).strftime("%Y-%m-%dT%H:%M:%SZ")


def simple_payload(digest: str, kind: str = "cosign container image signature") -> bytes:
    """What cosign signs."""
    told = {"identity": {"docker-reference": "example"}, "image": {"docker-manifest-digest": digest}, "type": kind}
    return json.dumps({"critical": told, "optional": None}).encode()


def statement(digest: str, predicate: str = "https://sigstore.dev/cosign/sign/v1") -> bytes:
    """An in-toto statement about an image."""
    subject = [{"name": "image", "digest": {"sha256": digest.removeprefix("sha256:")}}]
    return json.dumps(
        {"_type": "https://in-toto.io/Statement/v1", "subject": subject, "predicateType": predicate, "predicate": {}}
    ).encode()


class Tree:
    """A Merkle tree by the recursive definition of RFC 6962, 2.1."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves

    def root(self) -> bytes:
        """MTH."""
        return self._hash(self.leaves)

    def _hash(self, leaves: list[bytes]) -> bytes:
        if not leaves:
            return hashlib.sha256().digest()
        if len(leaves) == 1:
            return hashlib.sha256(b"\x00" + leaves[0]).digest()
        half = 1 << (len(leaves) - 1).bit_length() - 1
        return hashlib.sha256(b"\x01" + self._hash(leaves[:half]) + self._hash(leaves[half:])).digest()

    def path(self, index: int, leaves: list[bytes] | None = None) -> list[bytes]:
        """PATH."""
        leaves = self.leaves if leaves is None else leaves
        if len(leaves) == 1:
            return []
        half = 1 << (len(leaves) - 1).bit_length() - 1
        if index < half:
            return [*self.path(index, leaves[:half]), self._hash(leaves[half:])]
        return [*self.path(index - half, leaves[half:]), self._hash(leaves[:half])]


class World:
    """All who sign, at `NOW`."""

    def __init__(self) -> None:
        self.root_key, self.ca_key = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP384R1())
        self.rekor, self.ct, self.tsa_key = new_key(), new_key(), new_key()
        self.origin = "log.example.org"
        self.root = self._authority("root", self.root_key, None, 1)
        self.ca = self._authority("issuing", self.ca_key, self.root, 0)
        self.tsa = self._stamper()

    @property
    def log_id(self) -> bytes:
        """Rekor's, version 1."""
        return hashlib.sha256(spki(self.rekor)).digest()

    def _authority(self, name: str, key: Any, issuer: x509.Certificate | None, depth: int) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        parent_key = key if issuer is None else self.root_key
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if issuer is None else issuer.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(at(NOW - 10**8))
            .not_valid_after(at(NOW + 10**8))
            .add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
            .add_extension(usage(certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if issuer is not None:
            made = made.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(parent_key.public_key()), critical=False
            )
        return made.sign(parent_key, hashes.SHA384())

    def _stamper(self) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stamper")])
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.root.subject)
            .public_key(self.tsa_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(at(NOW - 10**8))
            .not_valid_after(at(NOW + 10**8))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .sign(self.root_key, hashes.SHA384())
        )

    def certificate(self, key: Any, **changed: Any) -> x509.Certificate:
        """A signer's certificate, ten minutes long; `changed` replaces parts (san, issuer, begin, end, eku, logged, stamp_key,
        ca_key, ca, critical)."""
        san = changed.get("san", [x509.RFC822Name(IDENTITY)])
        ca, ca_key = changed.get("ca", self.ca), changed.get("ca_key", self.ca_key)
        begin, end = changed.get("begin", NOW - 60), changed.get("end", NOW + 540)
        issuer = changed.get("issuer", ISSUER)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(ca.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(at(begin))
            .not_valid_after(at(end))
            .add_extension(usage(), critical=True)
            .add_extension(x509.ExtendedKeyUsage(changed.get("eku", [ExtendedKeyUsageOID.CODE_SIGNING])), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
            .add_extension(x509.SubjectAlternativeName(san), critical=True)
            .add_extension(raw("1.3.6.1.4.1.57264.1.1", changed.get("old_issuer", issuer).encode()), critical=False)
            .add_extension(raw("1.3.6.1.4.1.57264.1.8", utf8(issuer)), critical=False)
        )
        sha = hashes.SHA384() if isinstance(ca_key, ec.EllipticCurvePrivateKey) else None
        if not changed.get("logged", True):
            return builder.sign(ca_key, sha)
        poison = builder.sign(ca_key, sha)
        stamp = self.certificate_stamp(poison, changed.get("stamp_key", self.ct), ca_key)
        extension = raw("1.3.6.1.4.1.11129.2.4.2", octets(struct.pack(">HH", len(stamp) + 2, len(stamp)) + stamp))
        return builder.add_extension(extension, critical=False).sign(ca_key, sha)

    def certificate_stamp(self, certificate: x509.Certificate, key: Any, ca_key: Any) -> bytes:
        """A serialized SignedCertificateTimestamp (RFC 6962, 3.2) over the certificate without its list."""
        tbs, millis = certificate.tbs_certificate_bytes, (NOW - 60) * 1000 + 7
        signed = struct.pack(">BBQH", 0, 0, millis, 1) + hashlib.sha256(spki(ca_key)).digest()
        signed += len(tbs).to_bytes(3, "big") + tbs + b"\0\0"
        signature = sign(key, signed)
        head = b"\0" + hashlib.sha256(spki(key)).digest() + struct.pack(">QH", millis, 0)
        return head + b"\x04\x03" + struct.pack(">H", len(signature)) + signature

    def checkpoint(self, size: int, root: bytes, *, key: Any = None, origin: str = "") -> str:
        """Rekor's signed note, version 1."""
        key = key or self.rekor
        text = f"{origin or self.origin} - 42\n{size}\n{b64(root)}\n"
        signature = hashlib.sha256(spki(key)).digest()[:4] + sign(key, text.encode())
        return f"{text}\n\u2014 {origin or self.origin} {b64(signature)}\n"

    def entry(self, body: bytes, *, time: int = NOW, others: int = 5, promise: bool = True, key: Any = None) -> dict[str, Any]:
        """A log entry as a bundle holds it."""
        key = key or self.rekor
        leaves = [b"before %d" % number for number in range(others)] + [body, b"after"]
        tree = Tree(leaves)
        log_id = hashlib.sha256(spki(key)).digest()
        told = {
            "logIndex": str(1000 + others),
            "logId": {"keyId": b64(log_id)},
            "kindVersion": {"kind": json.loads(body)["kind"], "version": json.loads(body)["apiVersion"]},
            "canonicalizedBody": b64(body),
            "inclusionProof": {
                "logIndex": str(others),
                "rootHash": b64(tree.root()),
                "treeSize": str(len(leaves)),
                "hashes": [b64(each) for each in tree.path(others)],
                "checkpoint": {"envelope": self.checkpoint(len(leaves), tree.root(), key=key)},
            },
        }
        if promise:
            signed = {"body": b64(body), "integratedTime": time, "logID": log_id.hex(), "logIndex": 1000 + others}
            set_bytes = json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()
            told["integratedTime"] = str(time)
            told["inclusionPromise"] = {"signedEntryTimestamp": b64(sign(key, set_bytes))}
        return told

    def timestamp(self, signature: bytes, *, time: int = NOW, key: Any = None, certificate: Any = None) -> bytes:
        """A TimeStampResp (RFC 3161) over a signature."""
        key, certificate = key or self.tsa_key, certificate or self.tsa
        sha256 = seq(oid("2.16.840.1.101.3.4.2.1"))
        imprint = seq(sha256, octets(hashlib.sha256(signature).digest()))
        when = tlv(0x18, at(time).strftime("%Y%m%d%H%M%SZ").encode())
        info = seq(integer(1), oid("1.3.6.1.4.1.57264.2"), imprint, integer(7), when)
        named = seq(seq(seq(octets(hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()))))
        attributes = b"".join(
            (
                seq(oid("1.2.840.113549.1.9.3"), tlv(0x31, oid("1.2.840.113549.1.9.16.1.4"))),
                seq(oid("1.2.840.113549.1.9.4"), tlv(0x31, octets(hashlib.sha256(info).digest()))),
                seq(oid("1.2.840.113549.1.9.16.2.47"), tlv(0x31, named)),
            )
        )
        made = sign(key, tlv(0x31, attributes))
        serial = seq(certificate.issuer.public_bytes(), integer(certificate.serial_number))
        ecdsa = seq(oid("1.2.840.10045.4.3.2"))
        signer = seq(integer(1), serial, sha256, tlv(0xA0, attributes), ecdsa, octets(made))
        content = seq(oid("1.2.840.113549.1.9.16.1.4"), tlv(0xA0, octets(info)))
        data = seq(integer(3), tlv(0x31, sha256), content, tlv(0x31, signer))
        return seq(seq(integer(0)), seq(oid("1.2.840.113549.1.7.2"), tlv(0xA0, data)))

    def trusted_root(self, **changed: Any) -> dict[str, Any]:
        """What a person trusts; `changed` replaces whole members."""
        always = {"start": rfc3339(NOW - 10**8)}

        def log(key: Any, url: str) -> dict[str, Any]:
            public = {"rawBytes": b64(spki(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": always}
            log_id = b64(hashlib.sha256(spki(key)).digest())
            return {"baseUrl": url, "hashAlgorithm": "SHA2_256", "publicKey": public, "logId": {"keyId": log_id}}

        def authority(*chain: x509.Certificate) -> dict[str, Any]:
            told = [{"rawBytes": b64(each.public_bytes(Encoding.DER))} for each in chain]
            subject = {"organization": "example.org", "commonName": "ca"}
            return {
                "subject": subject,
                "uri": "https://ca.example.org",
                "certChain": {"certificates": told},
                "validFor": always,
            }

        return {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(self.rekor, f"https://{self.origin}")],
            "certificateAuthorities": [authority(self.ca, self.root)],
            "ctlogs": [log(self.ct, "https://ct.example.org")],
            "timestampAuthorities": [authority(self.tsa, self.root)],
        } | changed

    def bundle(self, payload: bytes, **changed: Any) -> dict[str, Any]:
        """A keyless bundle (0.3) with a statement; `changed` as for `certificate`, and: key, signed (a payload that is signed
        instead), body, entry (its arguments), entries, stamps, kind."""
        key = changed.get("key") or new_key()
        kind = changed.get("kind", "application/vnd.in-toto+json")
        certificate = self.certificate(key, **changed)
        signature = sign(key, pae(changed.get("signed", payload), kind))
        body = changed.get("body") or dsse_body(payload, signature, certificate_pem(certificate))
        entries = changed.get("entries")
        if entries is None:
            entries = [self.entry(body, **changed.get("entry", {}))]
        material: dict[str, Any] = {
            "certificate": {"rawBytes": b64(certificate.public_bytes(Encoding.DER))},
            "tlogEntries": entries,
        }
        if changed.get("stamps"):
            stamp = self.timestamp(signature, **changed["stamps"])
            material["timestampVerificationData"] = {"rfc3161Timestamps": [{"signedTimestamp": b64(stamp)}]}
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": material,
            "dsseEnvelope": {"payload": b64(payload), "payloadType": kind, "signatures": [{"sig": b64(signature)}]},
        }

    def annotations(self, payload: bytes, **changed: Any) -> dict[str, str]:
        """A keyless signature as cosign wrote it before bundles: the layer's annotations."""
        key = changed.get("key") or new_key()
        certificate = self.certificate(key, **changed)
        signature = sign(key, payload)
        body = hashedrekord(payload, signature, certificate_pem(certificate))
        entry = self.entry(body, **changed.get("entry", {}))
        told = {
            "SignedEntryTimestamp": entry["inclusionPromise"]["signedEntryTimestamp"],
            "Payload": {
                "body": b64(body),
                "integratedTime": int(entry["integratedTime"]),
                "logIndex": int(entry["logIndex"]),
                "logID": self.log_id.hex(),
            },
        }
        return {
            "dev.cosignproject.cosign/signature": b64(signature),
            "dev.sigstore.cosign/certificate": certificate_pem(certificate).decode(),
            "dev.sigstore.cosign/chain": (certificate_pem(self.ca) + certificate_pem(self.root)).decode(),
            "dev.sigstore.cosign/bundle": json.dumps(told),
        }


def hashedrekord(data: bytes, signature: bytes, verifier: bytes) -> bytes:
    """Rekor's body for a plain signature (0.0.1)."""
    told = {"hash": {"algorithm": "sha256", "value": hashlib.sha256(data).hexdigest()}}
    made = {"content": b64(signature), "publicKey": {"content": b64(verifier)}}
    return json.dumps({"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": {"data": told, "signature": made}}).encode()


def dsse_body(payload: bytes, signature: bytes, verifier: bytes) -> bytes:
    """Rekor's body for an envelope (0.0.1)."""
    spec = {
        "envelopeHash": {"algorithm": "sha256", "value": "00" * 32},
        "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()},
        "signatures": [{"signature": b64(signature), "verifier": b64(verifier)}],
    }
    return json.dumps({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}).encode()


def certificate_pem(certificate: x509.Certificate) -> bytes:
    """A certificate's PEM."""
    return certificate.public_bytes(Encoding.PEM)


def usage(*, certificates: bool = False) -> x509.KeyUsage:
    """A key usage: for certificates, or for signatures."""
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def raw(dotted: str, value: bytes) -> x509.UnrecognizedExtension:
    """An extension as bytes."""
    return x509.UnrecognizedExtension(ObjectIdentifier(dotted), value)


def tlv(tag: int, content: bytes) -> bytes:
    """One DER value."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def seq(*parts: bytes) -> bytes:
    """A SEQUENCE."""
    return tlv(0x30, b"".join(parts))


def octets(data: bytes) -> bytes:
    """An OCTET STRING."""
    return tlv(0x04, data)


def utf8(text: str) -> bytes:
    """A UTF8String."""
    return tlv(0x0C, text.encode())


def integer(number: int) -> bytes:
    """A positive INTEGER."""
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER, as the library encodes it."""
    whole = x509.UnrecognizedExtension(ObjectIdentifier(dotted), b"")
    name = x509.ExtendedKeyUsage([whole.oid]).public_bytes()
    return name[2:]


@functools.cache
def world() -> World:
    """One world for all tests of a process: its keys take a while."""
    return World()


def dumped(document: Any) -> bytes:
    """A document as JSON."""
    return json.dumps(document).encode()
