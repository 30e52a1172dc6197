"""Finds accounts with a password in the image's shadow file: everyone who has the image can guess at leisure."""

from __future__ import annotations

import re

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.kinds import ALNUM, filler
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

PATTERNS = (
    SecretPattern(
        name="shadow-hash",
        what=Text("password hash", "口令散列"),
        quick=rb"^[^:\n]{1,32}:(\$[0-9a-z]{1,2}\$|_)[^:\n]{8}",
        exact=rb"(?m)^[^:\n]{1,32}:(?P<secret>(?:\$[0-9a-z]{1,2}\$|_)[^:\n]{8,512}):",
        paths=re.compile(r"(^|/)etc/shadow-?$").search,
        show=0,
        examples=lambda: (
            b"root:$6$" + filler("salt", ALNUM, 8) + b"$" + filler("hash", ALNUM, 86) + b":19000:0:99999:7:::\n",
        ),
        alike=lambda: (b"root:*:19000:0:99999:7:::\nwww:!:19000::::::\n",),
        place="etc/shadow",
        source="https://manpages.debian.org/bookworm/libcrypt-dev/crypt.5.en.html",
    ),
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-011",
    title=Text("Give an account of the image a password", "镜像中的账户设有口令"),
    message=Text(
        "{path} holds: {what}. The same password opens every container of this image.",
        "{path} 中含有：{what}。同一口令可登录该镜像的所有容器。",
    ),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Lock the account (passwd --lock NAME); containers need no login.", "锁定账户（passwd --lock NAME）；容器不需要登录。"
    ),
    techniques=("T1552.001", "T1078.003"),
    references=("https://man7.org/linux/man-pages/man5/shadow.5.html",),
    fires=(
        Example(
            GivenImage(
                layers=(
                    (GivenFile("etc/shadow", b"root:$6$tq9Zk2$" + b"Qk7vTz2mWx9RbLn4YcHs6DfGjPa3EuIo:19000:0:99999:7:::\n"),),
                )
            ),
            "root has a password",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("etc/shadow", b"root:*:19000:0:99999:7:::\nwww:!:19000::::::\n"),),)),
            "locked accounts",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
