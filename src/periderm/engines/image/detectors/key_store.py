"""Finds key stores in files: Java's, PKCS #12, raw DER keys, password safes, Kerberos keys. Opens none, guesses no password.

Stores that hold certificates only, such as a list of trusted authorities, are no finding.
"""

from __future__ import annotations

import struct

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_MOST_ENTRIES = 1000
_SHROUDED = bytes.fromhex("060b2a864886f70d010c0a0102")  # pkcs8ShroudedKeyBag, RFC 7292, appendix D
_KEY_BAG = bytes.fromhex("060b2a864886f70d010c0a0101")
_JKS = b"\xfe\xed\xfe\xed\0\0\0\x02"
_JCEKS = b"\xce\xce\xce\xce\0\0\0\x02"


def java_private_key(data: bytes, _begin: int, _end: int) -> bool:
    """Whether a Java key store holds a private (1) or secret (3) key, and not only certificates (2): JDK,
    sun/security/provider/JavaKeyStore.java, engineStore."""
    try:
        (count,) = struct.unpack_from(">I", data, 8)
        at = 12
        for _ in range(min(count, _MOST_ENTRIES)):
            tag, length = struct.unpack_from(">IH", data, at)
            if tag != 2:
                return tag in (1, 3)
            at += 6 + length + 8
            (kind,) = struct.unpack_from(">H", data, at)
            (size,) = struct.unpack_from(">I", data, at + 2 + kind)
            at += 6 + kind + size
    except struct.error:
        pass
    return False


def holds_key_bag(data: bytes, _begin: int, _end: int) -> bool:
    """Whether a PKCS #12 file has a bag for a key: those lie outside what is encrypted as a whole."""
    return _SHROUDED in data or _KEY_BAG in data


def _java(tag: int) -> bytes:
    """A store with one entry."""
    entry = struct.pack(">IH", tag, 4) + b"shop" + b"\0" * 8 + struct.pack(">H", 5) + b"X.509" + struct.pack(">I", 4) + b"cert"
    return _JKS + struct.pack(">I", 1) + entry + b"\0" * 20


def _whole(head: bytes) -> bytes:
    """An expression for what the whole file begins with."""
    return b"(?s)\\A(?P<secret>" + head + b".{8})"


# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    SecretPattern(
        name="java-key-store", what=Text("Java key store with a key", "含密钥的 Java 密钥库"),
        quick=rb"\xfe\xed\xfe\xed\x00\x00\x00\x02", exact=_whole(rb"\xfe\xed\xfe\xed\x00\x00\x00\x02"),
        context=java_private_key, show=0, binary=True, loose=True,
        examples=lambda: (_java(1),), alike=lambda: (_java(2),), place="srv/app/server.jks",
        source="https://docs.oracle.com/en/java/javase/21/docs/specs/security/standard-names.html",
    ),
    SecretPattern(
        name="java-secret-key-store", what=Text("Java key store with secret keys", "含对称密钥的 Java 密钥库"),
        quick=rb"\xce\xce\xce\xce\x00\x00\x00\x02", exact=_whole(rb"\xce\xce\xce\xce\x00\x00\x00\x02"),
        context=java_private_key, show=0,
        binary=True, loose=True, examples=lambda: (_JCEKS + _java(3)[8:],), alike=lambda: (_JCEKS + _java(2)[8:],),
        place="srv/app/server.jceks",
        source="https://docs.oracle.com/en/java/javase/21/docs/specs/security/standard-names.html",
    ),
    SecretPattern(
        name="pkcs12-key-store", what=Text("PKCS #12 file with a private key", "含私钥的 PKCS #12 文件"),
        quick=rb"\x30[\x82\x80\x81\x83].{0,4}\x02\x01\x03\x30",
        exact=rb"(?s)\A(?P<secret>\x30[\x80-\x84].{0,4}?\x02\x01\x03\x30.{8})", context=holds_key_bag,
        show=0, binary=True, loose=True,
        examples=lambda: (b"\x30\x82\x04\x00\x02\x01\x03\x30\x82\x03\xc6" + b"\0" * 40 + _SHROUDED + b"\0" * 40,),
        alike=lambda: (b"\x30\x82\x04\x00\x02\x01\x03\x30\x82\x03\xc6" + b"\0" * 80,),
        place="srv/app/server.p12", source="https://www.rfc-editor.org/rfc/rfc7292",
    ),
    SecretPattern(
        name="der-private-key", what=Text("private key (DER)", "私钥（DER）"),
        quick=rb"\x30[\x2e\x74\x77\x81\x82].{0,2}\x02\x01[\x00\x01][\x02\x04\x30]",
        exact=rb"(?s)\A(?P<secret>\x30(?:[\x2e-\x7f]|\x81.|\x82..)\x02\x01(?:\x00\x02\x82|\x00\x02\x81|"
        rb"\x01\x04[\x20-\x42]|\x00\x30[\x05-\x20]\x06).{16})",
        context=lambda data, _begin, _end: _fits(data), show=0, binary=True, loose=True,
        examples=lambda: (b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20" + bytes(range(7, 39)),),
        alike=lambda: (b"\x30\x2e\x02\x01\x05\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20" + bytes(range(7, 39)),),
        place="srv/app/server.der", source="https://www.rfc-editor.org/rfc/rfc5958",
    ),
    SecretPattern(
        name="keepass-database", what=Text("KeePass database", "KeePass 数据库"),
        quick=rb"\x03\xd9\xa2\x9a[\x65\x66\x67]\xfb\x4b\xb5", exact=_whole(rb"\x03\xd9\xa2\x9a[\x65-\x67]\xfb\x4b\xb5"),
        show=0, binary=True, loose=True, severity=Severity.MEDIUM,
        examples=lambda: (b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5" + bytes(range(20)),),
        alike=lambda: (b"x\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5" + bytes(range(20)),), place="srv/team.kdbx",
        source="https://keepass.info/help/kb/kdbx.html",
    ),
    SecretPattern(
        name="kerberos-keytab", what=Text("Kerberos keys", "Kerberos keytab 密钥"), quick=rb"\x05\x02\x00\x00\x00",
        exact=_whole(rb"\x05\x02\x00\x00\x00."), show=0, binary=True, loose=True, paths=None, context=lambda data, _begin,
        _end: _keytab(data),
        examples=lambda: (b"\x05\x02\0\0\0\x2c\0\x01\0\x08INTERNAL\0\x04http\0\0\0\x01" + bytes(range(30)),),
        alike=lambda: (b"\x05\x02\0\0\0\x2c" + b"\0" * 60,), place="etc/krb5.keytab",
        source="https://web.mit.edu/kerberos/krb5-latest/doc/formats/keytab_file_format.html",
    ),
    SecretPattern(
        name="gnupg-private-key", what=Text("private key of GnuPG", "GnuPG 私钥"),
        quick=rb"\(\d{0,4}:?(protected-)?private-key",
        exact=rb"(?s)(?P<secret>\((?:\d{1,3}:)?(?:private-key|protected-private-key).{16})", show=0, binary=True, loose=True,
        paths=lambda path: "private-keys-v1.d/" in path,
        examples=lambda: (b"(11:private-key(3:ecc(5:curve7:Ed25519)(5:flags5:eddsa)(1:q33:" + bytes(range(40)),),
        alike=lambda: (b"(10:public-key(3:ecc(5:curve7:Ed25519)(5:flags5:eddsa)",),
        place="root/.gnupg/private-keys-v1.d/0A1B.key", source="https://github.com/gpg/gnupg/blob/master/agent/keyformat.txt",
    ),
)
# fmt: on


def _fits(data: bytes) -> bool:
    """Whether the outermost structure is as long as the file."""
    size = data[1]
    if size >= 0x80:
        width = size & 0x0F
        size = int.from_bytes(data[2 : 2 + width], "big") + width
    return size + 2 == len(data)


def _keytab(data: bytes) -> bool:
    """Whether the first entry has parts of a principal, and names of printable letters."""
    length, parts, realm = struct.unpack_from(">iHH", data, 2) if len(data) > 12 else (0, 0, 0)
    return (
        length > 0
        and 1 <= parts <= 8
        and 1 <= realm <= 255
        and data[10 : 10 + realm].isascii()
        and data[10 : 10 + min(realm, 64)].strip(b"\0") == data[10 : 10 + min(realm, 64)]
    )


SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-036",
    title=Text("Keep a key store in the image", "镜像中留有密钥库文件"),
    message=Text("{path} is a {what}.", "{path} 是{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Take its keys out of use, make new ones, and mount the store at run time; a store's password does not protect it.",
        "停用其中的密钥，生成新密钥并在运行时挂载密钥库；密钥库的口令并不能保护它。",
    ),
    techniques=("T1552.004",),
    references=("https://www.rfc-editor.org/rfc/rfc7292",),
    fires=(Example(GivenImage(layers=((GivenFile("srv/app/server.jks", _java(1)),),)), "a Java key store with a private key"),),
    quiet=(
        Example(GivenImage(layers=((GivenFile("etc/ssl/certs/java/cacerts", _java(2)),),)), "a list of trusted authorities"),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
