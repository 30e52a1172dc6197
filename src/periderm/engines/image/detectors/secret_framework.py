"""Finds the keys with which web frameworks sign sessions and encrypt data: who has one can become anybody."""

from __future__ import annotations

from periderm.engines.image.checks import generated, mixed
from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.kinds import BASE64, HEX, WORD, Some, filed, filler, named, token
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_RAILS = "https://guides.rubyonrails.org/security.html#custom-credentials"


def _django(secret: bytes) -> bool:
    """Django's own keys draw from lower-case letters, digits and signs: all three are in fifty of them."""
    return mixed(secret) and any(c in b"!@#$%^&*(=+)" for c in secret)


def _not_hex(secret: bytes) -> bool:
    """Else it is Rails' key, which has the same name."""
    return any(c not in b"0123456789abcdef" for c in secret)


# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    named("django-secret-key", Text("Django SECRET_KEY", "Django SECRET_KEY"), (b"secret_key",),
        Some(rb"a-z0-9!@#$%^&*(_=+)-", 50), suffix=b"", words=b"", entropy=3.8, check=_django,
        source="https://docs.djangoproject.com/en/stable/ref/settings/#secret-key"),
    token("django-insecure-key", Text("Django key of a start project", "Django 初始密钥"), b"django-insecure-",
        Some(rb"a-z0-9!@#$%^&*(_=+)-", 50), source="https://docs.djangoproject.com/en/stable/ref/checks/",
        severity=Severity.MEDIUM, binary=False),
    named("flask-secret-key", Text("secret key of a Python application", "Python 应用密钥"), (b"secret_key", b"flask_secret",
        b"session_secret"), Some(HEX, 32, 128), suffix=b"", words=b"",
        source="https://flask.palletsprojects.com/en/stable/config/#SECRET_KEY"),
    named("rails-secret-key-base", Text("Rails secret_key_base", "Rails secret_key_base"), (b"secret_key_base",
        b"secret_token"), Some(HEX, 64, 128), suffix=b"", words=b"", source=_RAILS),
    filed("rails-master-key", Text("Rails master key", "Rails 主密钥"), rb"(^|/)config/(master|credentials/[a-z]+)\.key$",
        rb"^",
        b"%s\n", value=rb"[0-9a-f]{32}(?![0-9a-f])", letters=HEX, count=32,
        place="app/config/master.key", source=_RAILS, entropy=3.0),
    named("rails-master-key-variable", Text("Rails master key", "Rails 主密钥"), (b"rails_master_key",), Some(HEX, 32),
        suffix=b"", words=b"", source=_RAILS),
    token("laravel-app-key", Text("Laravel APP_KEY", "Laravel APP_KEY"), b"APP_KEY=base64:", Some(BASE64, 43), b"=",
        source="https://laravel.com/docs/encryption", show=0, binary=False),
    named("symfony-app-secret", Text("Symfony APP_SECRET", "Symfony APP_SECRET"), (b"app_secret", b"kernel_secret"), Some(HEX,
        32, 64), suffix=b"", words=b"", source="https://symfony.com/doc/current/reference/configuration/framework.html#secret"),
    SecretPattern(
        name="wordpress-salt", what=Text("WordPress key or salt", "WordPress 密钥或盐"),
        quick=rb"(AUTH|SECURE_AUTH|LOGGED_IN|NONCE)_(KEY|SALT)['\"]",
        exact=rb"(?:AUTH|SECURE_AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)['\"]\s{0,4},\s{0,20}'(?P<secret>[^'\n]{64})'",
        entropy=4.0, show=0,
        examples=lambda: (b"define('AUTH_KEY',  '" + filler("wp", rb"a-zA-Z0-9!@#^&*()_|~=+-", 64) + b"');\n",),
        alike=lambda: (b"define('AUTH_KEY',  'put your unique phrase here');\n",),
        place="var/www/wp-config.php", source="https://developer.wordpress.org/advanced-administration/wordpress/wp-config/",
    ),
    SecretPattern(
        name="aspnet-machine-key", what=Text("ASP.NET machineKey", "ASP.NET machineKey"),
        quick=rb"(?i)(validationKey|decryptionKey)\s{0,4}=\s{0,4}[\"'][0-9A-F]{32}",
        exact=rb"(?i)(?:validationKey|decryptionKey)\s{0,4}=\s{0,4}[\"'](?P<secret>[0-9A-F]{32,256})[\"']",
        entropy=3.0, show=0,
        examples=lambda: (b'<machineKey validationKey="' + filler("machine", b"0-9A-F", 128) + b'" />\n',),
        alike=lambda: (b'<machineKey validationKey="AutoGenerate,IsolateApps" />\n',),
        place="srv/app/web.config",
        source="https://learn.microsoft.com/en-us/dotnet/api/system.web.configuration.machinekeysection",
    ),
    filed("spring-password", Text("password of a Spring application", "Spring 应用口令"),
        rb"(^|/)(application|bootstrap)[^/]{0,24}\.(properties|ya?ml)$",
        rb"^[ \t]{0,16}(spring|server|management|eureka|[a-z.-]{1,40})?[a-zA-Z.-]{0,40}(password|secret|passphrase)[ "
        rb"\t]{0,2}[=:][ \t]{0,4}[\"']?", b"spring.datasource.password=%s\n", place="srv/app/application.properties",
        source="https://docs.spring.io/spring-boot/appendix/application-properties/"),
    named("nextauth-secret", Text("session secret of a Node application", "Node 应用会话密钥"), (b"nextauth_secret",
        b"auth_secret",
        b"better_auth_secret", b"session_secret", b"cookie_secret"), Some(BASE64, 32, 88), suffix=b"", words=b"",
        source="https://authjs.dev/reference/core/errors#missingsecret", check=generated),
    named("jwt-signing-secret", Text("secret that signs web tokens", "JWT 签名密钥"), (b"jwt_secret", b"jwt_key",
        b"jwt_signing_key", b"token_secret", b"jwt_secret_key"), Some(BASE64, 32, 128), suffix=b"", words=b"",
        source="https://www.rfc-editor.org/rfc/rfc7518#section-3.2", check=generated),
    named("phoenix-secret-key-base", Text("Phoenix secret_key_base", "Phoenix secret_key_base"), (b"secret_key_base",),
        Some(BASE64, 64), suffix=b"", words=b"", source="https://hexdocs.pm/phoenix/deployment.html", check=_not_hex),
    named("airflow-fernet-key", Text("Fernet key", "Fernet 密钥"), (b"fernet_key", b"airflow__core__fernet_key"), Some(WORD,
        43), b"=", suffix=b"", words=b"", source="https://cryptography.io/en/latest/fernet/"),
    SecretPattern(
        name="drupal-hash-salt", what=Text("Drupal hash_salt", "Drupal hash_salt"),
        quick=rb"\$settings\['hash_salt'\]\s{0,4}=",
        exact=rb"\$settings\['hash_salt'\]\s{0,4}=\s{0,4}['\"](?P<secret>[A-Za-z0-9_-]{32,128})['\"]",
        entropy=3.5, show=0, examples=lambda: (b"$settings['hash_salt'] = '" + filler("drupal", WORD, 74) + b"';\n",),
        alike=lambda: (b"$settings['hash_salt'] = '';\n",), place="var/www/sites/default/settings.php",
        source="https://www.drupal.org/docs/",
    ),
    SecretPattern(
        name="magento-crypt-key", what=Text("Magento crypt key", "Magento 加密密钥"),
        quick=rb"'crypt'\s{0,4}=>\s{0,4}",
        exact=rb"'crypt'\s{0,4}=>\s{0,4}(?:\[|array\s{0,2}\()\s{0,80}'key'\s{0,4}=>\s{0,4}"
        rb"'(?P<secret>(?:base64)?[A-Za-z0-9+/=]{32,64})'",
        entropy=3.0, show=0, examples=lambda: (b"'crypt' => [\n    'key' => '" + filler("magento", HEX, 32) + b"'\n],\n",),
        alike=lambda: (b"'crypt' => [\n    'key' => ''\n],\n",), place="var/www/app/etc/env.php",
        source="https://experienceleague.adobe.com/docs/commerce-operations/",
    ),
    named("cakephp-salt", Text("CakePHP security salt", "CakePHP 安全盐"), (b"security_salt", b"security.salt"), Some(HEX, 40,
        64), suffix=b"", words=b"", source="https://book.cakephp.org/5/en/core-libraries/security.html"),
    named("play-secret", Text("Play application secret", "Play 应用密钥"), (b"play.http.secret.key", b"application.secret",
        b"play.crypto.secret"), Some(rb"A-Za-z0-9/_:;<=>?@^`-", 32, 128), suffix=b"", words=b"", check=mixed,
        source="https://www.playframework.com/documentation/latest/ApplicationSecret"),
    named("gitlab-db-key", Text("GitLab database key", "GitLab 数据库密钥"), (b"db_key_base", b"otp_key_base"), Some(HEX, 64,
        128),
        suffix=b"", words=b"", source="https://docs.gitlab.com/administration/backup_restore/"),
    named("strapi-key", Text("Strapi application keys", "Strapi 应用密钥"), (b"app_keys", b"api_token_salt",
        b"admin_jwt_secret",
        b"transfer_token_salt"), Some(BASE64, 22, 24), b"==", suffix=b"", words=b"", source="https://docs.strapi.io/"),
    named("n8n-encryption-key", Text("encryption key of an application", "应用加密密钥"), (b"n8n_encryption_key",
        b"encryption_key",
        b"data_encryption_key", b"master_encryption_key"), Some(BASE64, 32, 88), suffix=b"", words=b"", check=generated,
        source="https://docs.n8n.io/hosting/configuration/configuration-examples/encryption-key/"),
)
# fmt: on

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-034",
    title=Text("Keep a framework's signing key in the image", "镜像中留有框架签名密钥"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Make a new key, hand it over at run time, and expect every session and signed link to be invalid then.",
        "生成新密钥并在运行时提供；旧会话和签名链接将随之失效。",
    ),
    techniques=("T1552.001",),
    references=(),
    fires=(
        Example(
            GivenImage(layers=((GivenFile(PATTERNS[0].place, PATTERNS[0].examples()[0]),),)), "a value that was left there"
        ),
    ),
    quiet=(Example(GivenImage(layers=((GivenFile(PATTERNS[0].place, PATTERNS[0].alike()[0]),),)), "a place to be filled in"),),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
