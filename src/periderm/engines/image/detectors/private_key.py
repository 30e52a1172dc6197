"""Finds private keys in files: PEM, OpenSSH, PGP, PuTTY and age. Does not try to use or decrypt them."""

from __future__ import annotations

import re

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

PATTERNS = (
    SecretPattern(
        name="pem-private-key",
        what=Text("private key", "私钥"),
        quick=rb"-----BEGIN ((RSA|DSA|EC|OPENSSH|ANY) )?PRIVATE KEY-----",
        exact=re.compile(
            rb"-----BEGIN (?:(?:RSA|DSA|EC|OPENSSH|ANY) )?PRIVATE KEY-----(?:\\n|[\r\n\s]){1,4}"
            rb"(?!Proc-Type: 4,ENCRYPTED)(?P<secret>[A-Za-z0-9+/=]{32})"
        ),
        show=0,
    ),
    SecretPattern(
        name="pem-encrypted-key",
        what=Text("private key behind a password", "有口令保护的私钥"),
        quick=rb"-----BEGIN ENCRYPTED PRIVATE KEY-----",
        exact=re.compile(rb"-----BEGIN ENCRYPTED PRIVATE KEY-----\s{1,4}(?P<secret>[A-Za-z0-9+/=]{32})"),
        severity=Severity.LOW,
        show=0,
    ),
    SecretPattern(
        name="pgp-private-key",
        what=Text("PGP private key", "PGP 私钥"),
        quick=rb"-----BEGIN PGP PRIVATE KEY BLOCK-----",
        exact=re.compile(rb"-----BEGIN PGP PRIVATE KEY BLOCK-----\s(?:[^\n]{0,200}\n){1,8}?(?P<secret>[A-Za-z0-9+/=]{32})"),
        show=0,
    ),
    SecretPattern(
        name="putty-private-key",
        what=Text("PuTTY private key", "PuTTY 私钥"),
        quick=rb"PuTTY-User-Key-File-[23]: ",
        exact=re.compile(rb"(?P<secret>PuTTY-User-Key-File-[23]: [^\r\n]{1,40})\r?\nEncryption: none"),
        show=0,
    ),
    SecretPattern(
        name="age-secret-key",
        what=Text("age secret key", "age 私钥"),
        quick=rb"AGE-SECRET-KEY-1[A-Z0-9]{58}",
        exact=re.compile(rb"(?P<secret>AGE-SECRET-KEY-1[A-Z0-9]{58})"),
        show=0,
    ),
)

_LINE = b"MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49"
_BEGIN = b"-----BEGIN EC PRIVATE " + b"KEY-----\n"

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-007",
    title=Text("Keep a private key in the image", "镜像中留有私钥"),
    message=Text("{path} holds a {what}.", "{path} 中含有{what}。"),
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
            GivenImage(layers=((GivenFile("etc/ssl/server.key", _BEGIN + _LINE + b"\n"),),)),
            "a server's key without a password",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("usr/bin/tool.py", b"if text.startswith('" + _BEGIN[:-1] + b"'):\n    pass\n"),),)),
            "a program that only knows the header",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/ssl/ca.pem", b"-----BEGIN CERTIFICATE-----\n" + _LINE),),)),
            "a certificate is public",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
