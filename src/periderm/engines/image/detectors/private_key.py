"""Finds private keys in files: PEM, OpenSSH, PGP, PuTTY and age. Does not try to use or decrypt them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable

from periderm.engines.image.checks import base64_bytes, decoded
from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.kinds import BASE64, HEX, WORD, Some, filler, named, token
from periderm.engines.image.secrets import SecretPattern, entropy
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_OPENSSH = "https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key"
_SSH = b"openssh-key-v1\0"
_RANDOM = filler("random", BASE64, 40)
_BEGIN = b"-----BEGIN "
_BREAK = re.compile(rb"(?:\\{1,2}[nr]|[\s\"'+,])+")  # between the lines of an armour
_LINE = b"MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49"


def _der(head: bytes) -> bytes:
    """The base64 of a structure that begins so, made up."""
    return b64encode(b"\x30\x77" + head + _RANDOM)


def _sequence(key: bytes) -> bool:
    """A key of ASN.1 is a sequence that begins with a small whole number, its version (X.690)."""
    data = decoded(key[: len(key) // 4 * 4])
    at = 2 + (data[1] & 0x0F if len(data) > 1 and data[1] & 0x80 else 0)
    return data[:1] == b"\x30" and data[at : at + 2] == b"\x02\x01"


def _unread(lines: bytes) -> bool:
    """The first lines of an armour that hold no key's structure, but nothing that a manual would show either."""
    body = _BREAK.sub(b"", lines)
    known = decoded(body[:8]).startswith((_SSH[:6], b'{"kdf"'))
    return not known and not _sequence(body[: len(body) // 4 * 4]) and entropy(body) >= 5.0


def _lines() -> bytes:
    return b"\n".join(filler(name, BASE64, 64) for name in "abcd")


def _holds_key(text: bytes) -> bool:
    """Whether base64 holds the armour of a private key."""
    return b"PRIVATE KEY" in decoded(text[: len(text) // 4 * 4])[:80]


def _pem(
    name: str,
    what: Text,
    label: bytes,
    source: str,
    body: bytes,
    *,
    check: Callable[[bytes], bool] = _sequence,
    severity: Severity | None = None,
) -> SecretPattern:
    """A key in armour of RFC 7468, in lines, or in one line with \\n as JSON and environments hold it."""
    begin = b"-----BEGIN " + label + b"-----"
    return SecretPattern(
        name=name,
        what=what,
        quick=begin + rb"(\\{1,2}[nr]|\s|[\"'+,]){1,16}[A-Za-z0-9+/]{40}",
        exact=begin + rb"(?:\\{1,2}[nr]|\s|[\"'+,]){1,16}(?P<secret>[A-Za-z0-9+/]{40,76}={0,2})",
        check=check,
        entropy=2.5,
        severity=severity,
        show=0,
        binary=True,
        loose=True,
        examples=lambda: (
            begin + b"\n" + body + b"\n-----END " + label + b"-----\n",
            b'{"key": "' + begin + b"\\n" + body + b"\\n-----END " + label + b'-----\\n"}\n',
        ),
        alike=lambda: (
            b"if text.startswith('" + begin + b"'):\n    pass\n",
            begin + b"\nMIIEpAIBAAKCAQEA...\n-----END " + label + b"-----\n",
        ),
        source=source,
    )


# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    _pem("pem-rsa-key", Text("RSA private key", "RSA 私钥"), b"RSA PRIVATE KEY",
        "https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2", _der(b"\x02\x01\x00\x02\x82\x01\x01")),
    _pem("pem-ec-key", Text("elliptic curve private key", "椭圆曲线私钥"), b"EC PRIVATE KEY",
        "https://www.rfc-editor.org/rfc/rfc5915", _der(b"\x02\x01\x01\x04\x20")),
    _pem("pem-dsa-key", Text("DSA private key", "DSA 私钥"), b"DSA PRIVATE KEY",
        "https://docs.openssl.org/master/man1/openssl-dsa/", _der(b"\x02\x01\x00\x02\x81\x81")),
    _pem("pem-pkcs8-key", Text("private key", "私钥"), b"PRIVATE KEY", "https://www.rfc-editor.org/rfc/rfc5958",
        _der(b"\x02\x01\x00\x30\x0d")),
    _pem("openssh-key", Text("OpenSSH private key", "OpenSSH 私钥"), b"OPENSSH PRIVATE KEY", _OPENSSH,
        b64encode(_SSH + b"\0\0\0\x04none" + _RANDOM), check=lambda key: _SSH + b"\0\0\0\x04none" in decoded(key)),
    _pem("openssh-encrypted-key", Text("OpenSSH private key behind a password", "有口令保护的 OpenSSH 私钥"),
        b"OPENSSH PRIVATE KEY",
        _OPENSSH, b64encode(_SSH + b"\0\0\0\x0aaes256-ctr" + _RANDOM),
         check=lambda key: decoded(key).startswith(_SSH) and _SSH + b"\0\0\0\x04none" not in decoded(key),
         severity=Severity.LOW),
    _pem("pem-encrypted-key", Text("private key behind a password", "有口令保护的私钥"), b"ENCRYPTED PRIVATE KEY",
        "https://www.rfc-editor.org/rfc/rfc5958", _der(b"\x30\x40\x06\x09"), check=lambda key: decoded(key)[:1] == b"\x30",
        severity=Severity.LOW),
    SecretPattern(  # damaged, cut up, or of a kind that is not read here: whoever armours so much so randomly hides something
        name="pem-unread-key", what=Text("what is said to be a private key", "自称私钥的内容"),
        quick=rb"-----BEGIN ((RSA|EC|DSA|OPENSSH|ANY) )?PRIVATE KEY-----(\\{1,2}[nr]|\s|[\"'+,]){1,16}[A-Za-z0-9+/]{40}",
        exact=rb"-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|ANY) )?PRIVATE KEY-----(?:\\{1,2}[nr]|\s|[\"'+,]){1,16}"
        rb"(?P<secret>[A-Za-z0-9+/]{60,76}(?:(?:\\{1,2}[nr]|\s|[\"'+,]){1,16}[A-Za-z0-9+/]{60,76}){2})",
        check=_unread, severity=Severity.MEDIUM, show=0, loose=True,
        examples=lambda: (_BEGIN + b"RSA PRIVATE " + b"KEY-----\n" + _lines() + b"\n",),
        alike=lambda: (
            _BEGIN + b"RSA PRIVATE " + b"KEY-----\n" + b"\n".join([b"MIIEpAIBAAKCAQEA" + b"x" * 48] * 4) + b"\n",
            _BEGIN + b"RSA PRIVATE " + b"KEY-----\n" + b"\n".join([b"YourPrivateKeyGoesHere" + b"A" * 42] * 4) + b"\n",
            _BEGIN + b"RSA PUBLIC " + b"KEY-----\n" + _lines() + b"\n"),
        source="https://www.rfc-editor.org/rfc/rfc7468#section-10",
    ),
    SecretPattern(
        name="pem-old-encrypted-key", what=Text("private key behind a password", "有口令保护的私钥"),
        quick=rb"PRIVATE KEY-----(\\[nr]|\s){1,4}Proc-Type: 4,ENCRYPTED",
        exact=rb"PRIVATE KEY-----(?:\\[nr]|\s){1,4}Proc-Type: 4,ENCRYPTED(?:\\[nr]|\s){1,4}DEK-Info: [A-Z0-9-]{3,24},"
        rb"[0-9A-F]{8,32}(?:\\[nr]|\s){1,8}(?P<secret>[A-Za-z0-9+/=]{32})", severity=Severity.LOW, show=0, loose=True,
        examples=lambda: (
        _BEGIN + b"RSA PRIVATE " + b"KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"
        b"0A1B2C3D4E5F60718293A4B5C6D7E8F9\n\n" + filler("dek", BASE64, 64) + b"\n",),
        alike=lambda: (b"text.startswith('" + _BEGIN + b"RSA PRIVATE " + b"KEY-----\nProc-Type: 4,ENCRYPTED')\n",),
        source="https://www.rfc-editor.org/rfc/rfc1421#section-4.6",
    ),
    SecretPattern(
        name="pgp-private-key", what=Text("PGP private key", "PGP 私钥"), quick=rb"-----BEGIN PGP PRIVATE KEY BLOCK-----",
        exact=rb"-----BEGIN PGP PRIVATE KEY BLOCK-----(?:\\[nr]|\s)(?:[^\n\\]{0,200}(?:\\[nr]|\n)){1,"
        rb"8}?(?P<secret>[A-Za-z0-9+/=]{32})", show=0, entropy=3.0, loose=True,
        examples=lambda: (_BEGIN + b"PGP PRIVATE " + b"KEY BLOCK-----\n\nlQdGBF" + filler("pgp", BASE64, 58) + b"\n",),
        alike=lambda: (_BEGIN + b"PGP PUBLIC " + b"KEY BLOCK-----\n\nlQdGBF" + filler("pgp", BASE64, 58) + b"\n",),
        source="https://www.rfc-editor.org/rfc/rfc9580#section-6.2",
    ),
    SecretPattern(
        name="putty-private-key", what=Text("PuTTY private key", "PuTTY 私钥"), quick=rb"PuTTY-User-Key-File-[23]: ",
        exact=rb"(?P<secret>PuTTY-User-Key-File-[23]: [^\r\n]{1,40})\r?\nEncryption: none", show=0,
        examples=lambda: (b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: ops\n",),
        alike=lambda: (b"if line.startswith('PuTTY-User-Key-File-3: '):\n",),
        source="https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html",
    ),
    SecretPattern(
        name="putty-encrypted-key", what=Text("PuTTY private key behind a password", "有口令保护的 PuTTY 私钥"),
        quick=rb"PuTTY-User-Key-File-[23]: ",
        exact=rb"(?P<secret>PuTTY-User-Key-File-[23]: [^\r\n]{1,40})\r?\nEncryption: aes256-cbc",
        show=0, severity=Severity.LOW,
        examples=lambda: (b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\nComment: ops\n",),
        alike=lambda: (b"PuTTY-User-Key-File-3: ssh-ed25519\n",),
        source="https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html",
    ),
    token("age-secret-key", Text("age secret key", "age 私钥"), b"AGE-SECRET-KEY-1", Some(b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
        58), source="https://github.com/C2SP/C2SP/blob/main/age.md", show=0),
    SecretPattern(
        name="wireguard-key", what=Text("WireGuard private key", "WireGuard 私钥"),
        quick=rb"(PrivateKey|PresharedKey)\s{0,4}=\s{0,4}[A-Za-z0-9+/]{42}",
        exact=rb"(?:PrivateKey|PresharedKey)\s{0,4}=\s{0,4}(?P<secret>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)",
        check=base64_bytes(32), entropy=4.0, show=0, examples=lambda: (b"[Interface]\nPrivateKey = " + filler("wg", BASE64,
        42) + b"A=\n",), alike=lambda: (b"[Interface]\nPrivateKey = <private key>\n",),
        source="https://www.wireguard.com/protocol/",
    ),
    SecretPattern(
        name="base64-private-key", what=Text("private key inside base64", "base64 编码的私钥"),
        quick=rb"LS0tLS1CRUdJTi[A-Za-z0-9+/]{40}", exact=rb"(?P<secret>LS0tLS1CRUdJTi[A-Za-z0-9+/]{60,6000}={0,2})",
        check=_holds_key, show=0, binary=True, loose=True,
        examples=lambda: (b"  tls.key: " + b64encode(_BEGIN + b"EC PRIVATE " + b"KEY-----\n" + _LINE + b"\n") + b"\n",),
        alike=lambda: (b"  tls.crt: " + b64encode(_BEGIN + b"CERTIFICATE-----\n" + _LINE + b"\n") + b"\n",),
        source="https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets",
    ),
    SecretPattern(
        name="jwk-private-key", what=Text("private key in JSON (JWK)", "JSON 格式的私钥（JWK）"),
        quick=rb'"d"\s{0,4}:\s{0,4}"[A-Za-z0-9_-]{40}', exact=rb'"d"\s{0,4}:\s{0,4}"(?P<secret>[A-Za-z0-9_-]{40,1400})"',
        context=lambda data, begin, end: b'"kty"' in data[max(0, begin - 2000) : end + 4000], entropy=4.0, show=0, loose=True,
        examples=lambda: (b'{"kty": "EC", "crv": "P-256", "d": "' + filler("jwk", WORD, 43) + b'"}\n',),
        alike=lambda: (b'{"n": 1, "d": "' + filler("jwk", WORD, 43) + b'"}\n',),
        source="https://www.rfc-editor.org/rfc/rfc7518#section-6",
    ),
    SecretPattern(
        name="xml-rsa-key", what=Text("RSA private key in XML", "XML 格式的 RSA 私钥"), quick=rb"<RSAKeyValue>",
        exact=rb"<RSAKeyValue>[^\0]{1,2400}?<D>(?P<secret>[A-Za-z0-9+/=]{40,1400})</D>", entropy=4.0, show=0,
        examples=lambda: (b"<RSAKeyValue><Modulus>" + filler("m", BASE64, 80) + b"</Modulus><D>" + filler("d", BASE64,
        172) + b"</D></RSAKeyValue>\n",),
        alike=lambda: (b"<RSAKeyValue><Modulus>" + filler("m", BASE64,
        80) + b"</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>\n",),
        source="https://learn.microsoft.com/en-us/dotnet/api/system.security.cryptography.rsa.toxmlstring",
    ),
    SecretPattern(
        name="ssh2-private-key", what=Text("SSH2 private key", "SSH2 私钥"),
        quick=rb"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
        exact=rb"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\s{1,4}(?:[A-Za-z-]{1,40}:[^\n]{0,200}\n){0,8}"
        rb"(?P<secret>[A-Za-z0-9+/=]{32})", show=0,
        examples=lambda: (b"---- BEGIN SSH2 ENCRYPTED " + b"PRIVATE KEY ----\nComment: \"ops\"\n" + filler("ssh2", BASE64,
        64) + b"\n",), alike=lambda: (b"---- BEGIN SSH2 PUBLIC KEY ----\n" + filler("ssh2", BASE64, 64) + b"\n",),
        source="https://www.rfc-editor.org/rfc/rfc4716", severity=Severity.LOW,
    ),
    SecretPattern(
        name="openvpn-static-key", what=Text("OpenVPN static key", "OpenVPN 静态密钥"),
        quick=rb"-----BEGIN OpenVPN Static key V1-----",
        exact=rb"-----BEGIN OpenVPN Static key V1-----\s{1,4}(?P<secret>[0-9a-f]{32})", show=0, entropy=2.5, loose=True,
        examples=lambda: (_BEGIN + b"OpenVPN Static " + b"key V1-----\n" + filler("ovpn", HEX, 32) + b"\n",),
        alike=lambda: (_BEGIN + b"OpenVPN Static " + b"key V1-----\n...\n",),
        source="https://openvpn.net/community-resources/static-key-mini-howto/",
    ),
    SecretPattern(
        name="minisign-key", what=Text("minisign or signify secret key", "minisign 或 signify 私钥"),
        quick=rb"untrusted comment: [^\n]{0,80}(secret|encrypted) key",
        exact=rb"untrusted comment: [^\n]{0,80}(?:secret|encrypted) key[^\n]{0,80}\n(?P<secret>RW[A-Za-z0-9+/=]{60,240})",
        show=0,
        examples=lambda: (b"untrusted comment: minisign encrypted secret key\nRW" + filler("mini", BASE64, 210) + b"\n",),
        alike=lambda: (b"untrusted comment: minisign public key 1A2B\nRW" + filler("mini", BASE64, 54) + b"\n",),
        source="https://jedisct1.github.io/minisign/", severity=Severity.MEDIUM,
    ),
    _pem("sigstore-encrypted-key", Text("cosign private key behind a password", "有口令保护的 cosign 私钥"),
        b"ENCRYPTED SIGSTORE PRIVATE KEY", "https://docs.sigstore.dev/cosign/key_management/overview/",
        b64encode(b'{"kdf":{"name":"scrypt","params":{"N":65536'),
         check=lambda key: decoded(key[:40]).startswith(b'{"kdf"'), severity=Severity.LOW),
    SecretPattern(
        name="dnssec-private-key", what=Text("DNSSEC private key", "DNSSEC 私钥"), quick=rb"Private-key-format: v1\.[23]",
        exact=rb"Private-key-format: v1\.[23]\n(?:[A-Za-z0-9]{1,20}:[^\n]{0,1000}\n){1,4}?Private(?:Exponent|Key): "
        rb"(?P<secret>[A-Za-z0-9+/=]{32,1000})", entropy=3.5, show=0,
        examples=lambda: (b"Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: " + filler("dnssec",
        BASE64, 43) + b"=\n",), alike=lambda: (b"Private-key-format: v1.3\nAlgorithm: 13\n",),
        source="https://bind9.readthedocs.io/en/stable/chapter5.html",
    ),
    SecretPattern(
        name="tsig-key", what=Text("key that signs name server updates", "DNS 更新签名密钥"),
        quick=rb"algorithm [\"']?hmac-[a-z0-9-]{3,10}[\"']?;",
        exact=rb"algorithm [\"']?hmac-[a-z0-9-]{3,10}[\"']?;\s{1,20}secret [\"'](?P<secret>[A-Za-z0-9+/]{20,88}={0,2})[\"'];",
        entropy=3.5, show=0, loose=True,
        examples=lambda: (b'key "ops" {\n  algorithm hmac-sha256;\n  secret "' + filler("tsig", BASE64, 43) + b'=";\n};\n',),
        alike=lambda: (b'key "ops" {\n  algorithm hmac-sha256;\n  secret "";\n};\n',),
        source="https://bind9.readthedocs.io/en/stable/reference.html#key-block-grammar",
    ),
    named("ethereum-private-key", Text("private key of a crypto wallet", "加密钱包私钥"), (b"private_key", b"wallet_key",
        b"deployer_key", b"eth_key", b"mnemonic_key"), (b"0x", b"0X"), Some(b"0-9a-f", 64), suffix=b"", words=b"",
          source="https://ethereum.org/en/developers/docs/accounts/"),
)
# fmt: on

_EC = b"-----BEGIN EC PRIVATE " + b"KEY-----\n"

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-007",
    title=Text("Keep a private key in the image", "镜像中留有私钥"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Take the key out of use (revoke its certificate, clear authorized_keys), make a new one, and mount it at run time.",
        "停用该密钥（吊销证书、从 authorized_keys 移除），生成新密钥并在运行时挂载。",
    ),
    techniques=("T1552.004",),
    references=("https://www.rfc-editor.org/rfc/rfc7468",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("etc/ssl/server.key", _EC + _LINE + b"\n"),),)),
            "a server's key without a password",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("usr/bin/tool.py", b"if text.startswith('" + _EC[:-1] + b"'):\n    pass\n"),),)),
            "a program that only knows the header",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/ssl/ca.pem", b"-----BEGIN CERTIFICATE-----\n" + _LINE),),)),
            "a certificate is public",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
