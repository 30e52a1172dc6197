"""Finds keys of cloud providers in files. Does not ask the provider whether a key still works.

Shapes: the providers' own documentation of their key formats, named beside each kind.
"""

from __future__ import annotations

from base64 import b64encode

from periderm.engines.image.checks import aws_key_id, base64_bytes, mixed
from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.kinds import ALNUM, BASE64, DIGITS, GITHUB_LIST, HEX, UPPER, UUID, WORD, Some, filler, named, token
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_AWS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_GOOGLE = "https://cloud.google.com/docs/authentication"
_AZURE = "https://learn.microsoft.com/en-us/purview/"
_NO_BASE64 = rb"(?:(?<![A-Za-z0-9+/_-])|(?<=\\[nrt]))"
_NO_WORD = rb"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))"

# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    token(
        "aws-access-key", Text("AWS access key id", "AWS 访问密钥 ID"), (b"AKIA", b"ASIA", b"ABIA", b"ACCA"), Some(b"A-Z2-7",
        16),
        source=_AWS, check=aws_key_id, changed=False, entropy=2.8, binary=False,
    ),
    named(
        "aws-secret-key", Text("AWS secret access key", "AWS 私有访问密钥"),
        (b"secret_access_key", b"aws_secret_key", b"aws_secret", b"secret_key"), Some(BASE64, 40),
        suffix=b"", words=b"", source=_AWS, entropy=4.0, check=mixed,
    ),
    named(
        "aws-session-token", Text("AWS session token", "AWS 会话令牌"), (b"aws_session_token", b"aws_security_token"),
        Some(BASE64, 200, 2000), suffix=b"", words=b"", source=_AWS + "id_credentials_temp_use-resources.html",
    ),
    token(
        "aws-bedrock-key", Text("Amazon Bedrock API key", "Amazon Bedrock API 密钥"),
        b"ABSK" + b64encode(b"BedrockAPIKey")[:16],
        Some(BASE64, 91, 250), source="https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html", show=4,
    ),
    token(
        "aws-marketplace-token", Text("Amazon marketplace token", "Amazon MWS 授权令牌"), b"amzn.mws.", *UUID,
        source=GITHUB_LIST,
    ),
    token(
        "google-api-key", Text("Google API key", "Google API 密钥"), b"AIza", Some(WORD, 35), entropy=3.5,
        severity=Severity.HIGH,
        source="https://cloud.google.com/docs/authentication/api-keys", start=_NO_WORD,
    ),
    SecretPattern(
        name="google-service-account",
        what=Text("Google service account key", "Google 服务账号密钥"),
        quick=rb'"private_key_id"\s{0,4}:\s{0,4}"[0-9a-f]{40}"',
        exact=rb'"private_key_id"\s{0,4}:\s{0,4}"(?P<secret>[0-9a-f]{40})"',
        entropy=3.0,
        show=0,
        examples=lambda: (b'{"type": "service_account", "private_key_id": "' + filler("gsa", HEX, 40) + b'"}\n',),
        alike=lambda: (b'{"private_key_id": "' + filler("gsa", HEX, 39) + b'"}\n',),
        source="https://cloud.google.com/iam/docs/keys-create-delete",
    ),
    token(
        "google-oauth-secret", Text("Google OAuth client secret", "Google OAuth 客户端密钥"), b"GOCSPX-", Some(WORD, 28),
        source=_GOOGLE,
    ),
    token(
        "google-oauth-token", Text("Google OAuth access token", "Google OAuth 访问令牌"), b"ya29.", Some(WORD, 60, 1200),
        source=_GOOGLE, severity=Severity.MEDIUM,
    ),
    token(
        "google-refresh-token", Text("Google OAuth refresh token", "Google OAuth 刷新令牌"), b"1//0", Some(WORD, 60, 200),
        source=_GOOGLE,
    ),
    token(
        "google-storage-hmac", Text("Google Cloud Storage HMAC key", "Google 云存储 HMAC 密钥"), b"GOOG1E", Some(UPPER, 55),
        source="https://cloud.google.com/storage/docs/authentication/hmackeys",
    ),
    token(
        "firebase-server-key", Text("Firebase messaging server key", "Firebase 消息服务器密钥"), b"AAAA", Some(WORD, 7),
        b":APA91b", Some(WORD, 134), source="https://firebase.google.com/docs/cloud-messaging",
    ),
    token(
        "azure-storage-key", Text("Azure storage account key", "Azure 存储账户密钥"), b"AccountKey=", Some(BASE64, 85),
        Some(b"AQgw", 1), b"==", source=_AZURE + "sit-defn-azure-storage-account-key", entropy=4.5, show=0, changed=False,
        check=lambda secret: base64_bytes(64)(secret.removeprefix(b"AccountKey=")),
    ),
    token(
        "azure-shared-access-key", Text("shared access key of an Azure service", "Azure 服务共享访问密钥"), b"SharedAccessKey=",
        Some(BASE64, 43), b"=", source="https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-sas",
        check=lambda secret: base64_bytes(32)(secret.removeprefix(b"SharedAccessKey=")), show=0, changed=False,
    ),
    token(
        "azure-sas-token", Text("Azure shared access signature", "Azure 共享访问签名"), b"&sig=", Some(b"A-Za-z0-9%+/", 43, 64),
        (b"%3D", b"="), severity=Severity.HIGH, show=0, start=b"",
        source="https://learn.microsoft.com/en-us/azure/storage/common/storage-sas-overview",
    ),
    token(
        "azure-client-secret", Text("Microsoft Entra client secret", "Microsoft Entra 客户端密码"), Some(b"A-Za-z0-9_~.-", 3),
        Some(DIGITS, 1), b"Q~", Some(b"A-Za-z0-9_~.-", 31, 34), source=_AZURE + "sit-defn-client-secret-api-key", show=0,
        start=rb"(?<![A-Za-z0-9_~.-])", binary=False,
    ),
    token(
        "azure-devops-token", Text("Azure DevOps token", "Azure DevOps 令牌"), Some(ALNUM, 76), b"AZDO", Some(ALNUM, 4),
        source=_AZURE + "sit-defn-azure-devops-personal-access-token", show=0, binary=False,
    ),
    named(
        "azure-ai-key", Text("key of an Azure AI service", "Azure AI 服务密钥"),
        (b"azure_openai", b"ocp-apim-subscription", b"azure_cognitive", b"azure_speech"), Some(HEX, 32), severity=Severity.HIGH,
        source="https://learn.microsoft.com/en-us/azure/ai-services/authentication",
    ),
    token(
        "digitalocean-token", Text("DigitalOcean token", "DigitalOcean 令牌"), (b"dop_v1_", b"doo_v1_", b"dor_v1_"),
        Some(HEX, 64), source="https://docs.digitalocean.com/reference/api/create-personal-access-token/",
    ),
    token(
        "alibaba-access-key", Text("Alibaba Cloud access key id", "阿里云 AccessKey ID"), b"LTAI", Some(ALNUM, 12, 20),
        source="https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair", entropy=3.3, start=_NO_BASE64,
        check=lambda secret: len(secret) in (16, 20, 24) and mixed(secret), changed=False, binary=False,
    ),
    token(
        "vault-token", Text("HashiCorp Vault token", "HashiCorp Vault 令牌"), (b"hvs.", b"hvb.", b"hvr."), Some(WORD, 24, 300),
        source="https://developer.hashicorp.com/vault/docs/concepts/tokens", entropy=3.5, check=mixed, changed=False,
    ),
    named(
        "linode-token", Text("Linode token", "Linode 令牌"), (b"linode",), Some(HEX, 64), suffix=b"_token",
        source="https://techdocs.akamai.com/linode-api/reference/get-started",
    ),
    named(
        "hetzner-token", Text("Hetzner Cloud token", "Hetzner 云令牌"), (b"hcloud", b"hetzner"), Some(ALNUM, 64),
        suffix=b"_token", source="https://docs.hetzner.cloud/",
    ),
    token(
        "scaleway-access-key", Text("Scaleway access key", "Scaleway 访问密钥"), b"SCW", Some(UPPER, 17), check=mixed,
        source="https://www.scaleway.com/en/docs/iam/concepts/", binary=False, changed=False,
    ),
    named(
        "vultr-api-key", Text("Vultr API key", "Vultr API 密钥"), (b"vultr",), Some(UPPER, 36),
        source="https://docs.vultr.com/",
    ),
    named(
        "ibm-cloud-key", Text("IBM Cloud API key", "IBM Cloud API 密钥"), (b"ibm_cloud", b"ibmcloud", b"bluemix"), Some(WORD,
        44),
        source="https://cloud.ibm.com/docs/account?topic=account-userapikey",
    ),
    token(
        "yandex-api-key", Text("Yandex Cloud API key", "Yandex Cloud API 密钥"), b"AQVN", Some(WORD, 35, 38),
        source="https://yandex.cloud/en/docs/iam/concepts/authorization/api-key",
    ),
    token(
        "yandex-storage-key", Text("Yandex Cloud static key", "Yandex Cloud 静态密钥"), b"YCAJE", Some(WORD, 20),
        source="https://yandex.cloud/en/docs/iam/concepts/authorization/access-key",
    ),
    token(
        "exoscale-key", Text("Exoscale API key", "Exoscale API 密钥"), b"EXO", Some(HEX, 24), binary=False,
        source="https://community.exoscale.com/product/iam/",
    ),
)
# fmt: on

_KEY = b"AKIA" + b"Q7ZR2NVW4XKB6TJD"

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-001",
    title=Text("Keep a cloud provider's key in the image", "镜像中留有云厂商密钥"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.CRITICAL,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Revoke the key at the provider, remove it from the build, and hand it over at run time (identity or mounted secret).",
        "在云厂商处吊销该密钥，从镜像构建中移除，改为在运行时提供（工作负载身份或挂载的密钥）。",
    ),
    techniques=("T1552.001",),
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("app/config.ini", b"key = " + _KEY + b"\n"),),)),
            "a live-looking key id in a configuration file",
        ),
        Example(
            GivenImage(
                layers=(
                    (GivenFile("root/.aws/credentials", b"[default]\naws_access_key_id=" + _KEY),),
                    (GivenFile("root/.aws/.wh.credentials"),),
                )
            ),
            "a later layer deletes the file, the layer below keeps it",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("doc/readme", b"key = AKIAIOSFODNN7" + b"EXAMPLE\n"),),)),
            "the key of the provider's documentation",
        ),
        Example(GivenImage(layers=((GivenFile("data", b"xx" + _KEY + b"yy"),),)), "the same letters inside a longer word"),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
