"""Finds keys of payment, mail and shop services in files. Only live keys, not those for tests."""

from __future__ import annotations

from periderm.engines.image.checks import generated, mixed
from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.kinds import ALNUM, BASE64, DIGITS, HEX, LOWER, UUID, WORD, Some, named, token
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_STRIPE = "https://docs.stripe.com/keys"
_SQUARE = "https://developer.squareup.com/docs/build-basics/access-tokens"
_MAILGUN = "https://documentation.mailgun.com/docs/mailgun/api-reference/"
_TWILIO = "https://www.twilio.com/docs/iam/api-keys"
_NO_WORD = rb"(?:(?<![A-Za-z0-9_-])|(?<=\[nrt]))"

# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    token(
        "stripe-live-key", Text("Stripe live key", "Stripe 生产密钥"), (b"sk_live_", b"rk_live_"), Some(ALNUM, 24, 110),
        source=_STRIPE,
        start=_NO_WORD,
    ),
    token("stripe-webhook-secret", Text("Stripe webhook secret", "Stripe webhook 密钥"), b"whsec_", Some(BASE64, 32, 44),
        source=_STRIPE),
    token(
        "sendgrid-key", Text("SendGrid API key", "SendGrid API 密钥"), b"SG.", Some(WORD, 22), b".", Some(WORD, 43),
        source="https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
    ),
    token("square-secret", Text("Square application secret", "Square 应用密钥"), b"sq0csp-", Some(WORD, 43), source=_SQUARE),
    token("square-token", Text("Square access token", "Square 访问令牌"), b"sq0atp-", Some(WORD, 22), source=_SQUARE),
    token("square-production-token", Text("Square production token", "Square 生产令牌"), b"EAAAE", Some(WORD, 59),
        source=_SQUARE),
    token(
        "shopify-token", Text("Shopify token", "Shopify 令牌"), (b"shpat_", b"shpca_", b"shppa_", b"shpss_", b"shpua_"),
        Some(b"a-fA-F0-9", 32), source="https://shopify.dev/docs/apps/build/authentication-authorization", entropy=2.9,
    ),
    token("mailgun-key", Text("Mailgun API key", "Mailgun API 密钥"), b"key-", Some(HEX, 32), source=_MAILGUN),
    token(
        "mailgun-signing-key", Text("Mailgun key", "Mailgun 密钥"), Some(HEX, 32), b"-", Some(HEX, 8), b"-", Some(HEX, 8),
        source=_MAILGUN,
        show=0, binary=False, severity=Severity.HIGH, start=rb"(?<![A-Za-z0-9-])",
    ),
    token(
        "mailchimp-key", Text("Mailchimp API key", "Mailchimp API 密钥"), Some(HEX, 32), b"-us", Some(DIGITS, 1, 2), show=0,
        source="https://mailchimp.com/developer/marketing/guides/quick-start/", binary=False,
    ),
    token(
        "mandrill-key", Text("Mailchimp transactional key", "Mailchimp 事务邮件密钥"), b"md-", Some(WORD, 22), show=3,
        source="https://mailchimp.com/developer/transactional/guides/quick-start/", binary=False, check=generated,
        changed=False,
    ),
    token(
        "brevo-key", Text("Brevo API key", "Brevo API 密钥"), (b"xkeysib-", b"xsmtpsib-"), Some(HEX, 64), b"-", Some(ALNUM, 16),
        source="https://developers.brevo.com/docs/getting-started",
    ),
    token("resend-key", Text("Resend API key", "Resend API 密钥"), b"re_", Some(ALNUM, 8), b"_", Some(ALNUM, 24),
        check=generated, changed=False, source="https://resend.com/docs"),
    named("postmark-token", Text("Postmark server token", "Postmark 服务器令牌"), (b"postmark",), *UUID,
        suffix=b"_server_token",
        source="https://postmarkapp.com/developer/api/overview"),
    named("sparkpost-key", Text("SparkPost API key", "SparkPost API 密钥"), (b"sparkpost",), Some(HEX, 40),
        source="https://developers.sparkpost.com/api/"),
    named("mailjet-key", Text("Mailjet API key", "Mailjet API 密钥"), (b"mailjet", b"mj_apikey"), Some(HEX, 32),
        source="https://dev.mailjet.com/"),
    token("twilio-api-key", Text("Twilio API key", "Twilio API 密钥"), b"SK", Some(HEX, 32), source=_TWILIO, binary=False,
        start=_NO_WORD),
    named("twilio-auth-token", Text("Twilio auth token", "Twilio 认证令牌"), (b"twilio",), Some(HEX, 32), suffix=b"_auth_token",
        words=b"(?:auth|token|secret)", source=_TWILIO),
    named("vonage-secret", Text("Vonage API secret", "Vonage API 密钥"), (b"vonage", b"nexmo"), Some(ALNUM, 16),
        suffix=b"_api_secret",
        words=b"secret", source="https://developer.vonage.com/en/getting-started/concepts/authentication", check=mixed),
    named("messagebird-key", Text("Bird access key", "Bird 访问密钥"), (b"messagebird",), Some(ALNUM, 25),
        suffix=b"_access_key",
        source="https://developers.messagebird.com/api/"),
    named("plivo-token", Text("Plivo auth token", "Plivo 认证令牌"), (b"plivo",), Some(ALNUM, 40), suffix=b"_auth_token",
        source="https://www.plivo.com/docs/"),
    named("paypal-secret", Text("PayPal client secret", "PayPal 客户端密钥"), (b"paypal",), b"E", Some(WORD, 79),
        suffix=b"_client_secret",
        source="https://developer.paypal.com/api/rest/"),
    token(
        "braintree-token", Text("Braintree access token", "Braintree 访问令牌"), b"access_token$production$", Some(LOWER, 16),
        b"$",
        Some(HEX, 32), source="https://developer.paypal.com/braintree/docs/", show=12,
    ),
    token("adyen-key", Text("Adyen API key", "Adyen API 密钥"), b"AQE", Some(b"A-Za-z0-9+/=", 80, 300), b"-",
        Some(b"A-Za-z0-9+/=", 40, 60), b"-",
        Some(rb"!-~", 10, 24), source="https://docs.adyen.com/development-resources/api-credentials/", binary=False),
    token("razorpay-key", Text("Razorpay live key", "Razorpay 生产密钥"), b"rzp_live_", Some(ALNUM, 14),
        source="https://razorpay.com/docs/api/authentication/"),
    token("paystack-key", Text("Paystack live key", "Paystack 生产密钥"), b"sk_live_", Some(HEX, 40),
        source="https://paystack.com/docs/api/authentication/"),
    token("flutterwave-key", Text("Flutterwave live key", "Flutterwave 生产密钥"), b"FLWSECK-", Some(HEX, 32), b"-X",
        source="https://developer.flutterwave.com/docs"),
    token("mollie-key", Text("Mollie live key", "Mollie 生产密钥"), b"live_", Some(ALNUM, 30),
        check=generated, changed=False, source="https://docs.mollie.com/reference/authentication", binary=False),
    named("gocardless-token", Text("GoCardless live token", "GoCardless 生产令牌"), (b"gocardless",), b"live_", Some(WORD, 40),
        suffix=b"_access_token", source="https://developer.gocardless.com/"),
    token("plaid-token", Text("Plaid access token", "Plaid 访问令牌"), b"access-production-", *UUID,
        source="https://plaid.com/docs/api/"),
    token("shippo-key", Text("Shippo live token", "Shippo 生产令牌"), b"shippo_live_", Some(HEX, 40),
        source="https://docs.goshippo.com/"),
    token("easypost-key", Text("EasyPost production key", "EasyPost 生产密钥"), b"EZAK", Some(ALNUM, 54),
        source="https://docs.easypost.com/docs/authentication"),
    token("duffel-token", Text("Duffel live token", "Duffel 生产令牌"), b"duffel_live_", Some(WORD, 43),
        source="https://duffel.com/docs/api/overview/welcome"),
    named("coinbase-key", Text("Coinbase secret", "Coinbase 密钥"), (b"coinbase",), Some(WORD, 64), suffix=b"_api_secret",
        source="https://docs.cdp.coinbase.com/"),
    named("binance-key", Text("Binance API secret", "币安 API 密钥"), (b"binance",), Some(ALNUM, 64), suffix=b"_api_secret",
        source="https://developers.binance.com/docs/"),
)
# fmt: on

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
