"""Finds keys of payment, mail and shop services in files. Only live keys, not those for tests."""

from __future__ import annotations

import re

from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

PATTERNS = (
    SecretPattern(
        name="stripe-live-key",
        what=Text("Stripe live key", "Stripe 生产密钥"),
        quick=rb"[rs]k_live_[0-9A-Za-z]{24}",
        exact=re.compile(rb"(?<![A-Za-z0-9])(?P<secret>[rs]k_live_[0-9A-Za-z]{24,110})"),
        entropy=3.5,
        show=8,
    ),
    SecretPattern(
        name="sendgrid-key",
        what=Text("SendGrid API key", "SendGrid API 密钥"),
        quick=rb"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
        exact=re.compile(rb"(?<![A-Za-z0-9])(?P<secret>SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])"),
        entropy=4.0,
    ),
    SecretPattern(
        name="square-secret",
        what=Text("Square application secret", "Square 应用密钥"),
        quick=rb"sq0csp-[0-9A-Za-z_-]{43}",
        exact=re.compile(rb"(?P<secret>sq0csp-[0-9A-Za-z_-]{43})"),
        entropy=4.0,
        show=7,
    ),
    SecretPattern(
        name="shopify-token",
        what=Text("Shopify token", "Shopify 令牌"),
        quick=rb"shp(at|ca|pa|ss)_[a-fA-F0-9]{32}",
        exact=re.compile(rb"(?<![A-Za-z0-9])(?P<secret>shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})(?![A-Za-z0-9])"),
        entropy=3.0,
        show=6,
    ),
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-004",
    title=Text("Keep a payment or mail service's key in the image", "镜像中留有支付或邮件服务密钥"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.CRITICAL,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Roll the key in the service's dashboard, look through its log for unknown use, and hand the new one over at run time.",
        "在服务后台轮换密钥，检查其日志中是否有陌生的使用，并在运行时提供新密钥。",
    ),
    techniques=("T1552.001",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("app/pay.rb", b"Stripe.api_key = 'sk_" + b"live_9Qk7vTz2mWx4RbLn6YcHs8Df'\n"),),)),
            "a key for real payments",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("app/pay.rb", b"Stripe.api_key = 'sk_" + b"test_9Qk7vTz2mWx4RbLn6YcHs8Df'\n"),),)),
            "a key for tests moves no money",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
