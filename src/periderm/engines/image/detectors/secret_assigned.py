"""Finds passwords and keys that are assigned by name in files made for configuration (.env, settings, credentials).

Looks only into files whose name says so: in other texts the same words are code or prose.
"""

from __future__ import annotations

import re
from base64 import b64encode

from periderm.engines.image.checks import decoded, names_a_user, spoken_for, varied
from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.kinds import ALNUM, filler
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_FILES = re.compile(
    r"(^|/)(\.env(\.[a-z.]+)?|[^/]+\.env|\.netrc|\.pgpass|\.my\.cnf|credentials|secrets?\.(json|ya?ml|toml|ini|properties)"
    r"|(app|application|settings|config|database|parameters|local)[^/]{0,24}\.(json|ya?ml|toml|ini|properties|conf|cfg|php)"
    r"|wp-config\.php|(docker-)?compose[^/]{0,24}\.ya?ml)$"
)
_SHIPPED = re.compile(r"^usr/(share/(?!nginx/html/|app/)|lib|include)/|/(site|dist)-packages/|/node_modules/")


_PROGRAMS = re.compile(
    r"\.(py|js|mjs|cjs|ts|tsx|jsx|rb|php|go|java|kt|scala|cs|sh|bash|pl|lua|rs|groovy|gradle|tf|ps1|swift|vue|ipynb)$"
)
_THEIRS = re.compile(
    r"^(usr/(?!src/|share/nginx/html/|share/app/|local/(app|src|apache2/htdocs)/)|lib/|lib64/|bin/|sbin/|snap/|nix/)|"
    r"/(site|dist)-packages/|/node_modules/|"
    r"/vendor/|/go/pkg/|/gems/|/\.cargo/|/bower_components/"
    r"|/(tests?|__tests__|spec|fixtures|testdata|examples?|samples?|docs?|mocks?)/|[._-](test|spec|mock)s?\.[a-z]+$|"
    r"(^|/)test_[^/]+$|\.min\.js$"
)


_SETTINGS = re.compile(r"\.(json5?|ya?ml|toml|ini|properties|conf|config|cfg|cnf|xml|env|plist|hcl|tfvars)$")
_LISTS = re.compile(r"(^|/)([\w.-]*lock(file)?\.(json|ya?ml|toml)|package[\w.-]*\.json|[\w.-]*manifest[\w.-]*\.json)$")


def set_here(path: str) -> bool:
    """Whether a file holds settings by its ending, was not shipped by a package, and has no name that `made_here` knows."""
    if _SETTINGS.search(path) is None or _THEIRS.search(path) is not None or _LISTS.search(path) is not None:
        return False
    return _FILES.search(path) is None


def written_here(path: str) -> bool:
    """Whether a file is a program that was written for this image, and no test of it."""
    return _PROGRAMS.search(path) is not None and _THEIRS.search(path) is None


def in_secret(data: bytes, begin: int, end: int) -> bool:
    """Whether a line is a value below `data:` or `stringData:` of a Kubernetes Secret."""
    first = data.rfind(b"\n---", 0, begin) + 1
    last = data.find(b"\n---", end)
    whole = data[first : last if last >= 0 else first + 65536]
    if re.search(rb"(?m)^kind:[ \t]{0,8}[\"']?Secret[\"']?[ \t]{0,8}$", whole) is None or b"bitnami.com" in whole:
        return False
    section = re.findall(rb"(?m)^([A-Za-z]{1,40}):", data[first:begin])
    if not section or section[-1] not in (b"data", b"stringData"):
        return False
    return section[-1] == b"stringData" or bool(decoded(data[begin:end]))


def made_here(path: str) -> bool:
    """Whether a file is named like a configuration and was not shipped by a distribution or a package."""
    return _FILES.search(path) is not None and _SHIPPED.search(path) is None


_NAME = rb"(?:passw(?:or)?d|passphrase|passwd|secret|token|api_?key|private_?key|access_?key|credential)"
_QUICK = rb"(?i)(password|passphrase|passwd|secret|token|api_?key|private_?key|access_?key|credential)"


def _value(secret: bytes) -> bool:
    """What may be a secret: no word for 'fill me in', no other name (`db.password`), no message in words."""
    if not spoken_for(secret) or (secret.isalpha() and secret.islower() and len(secret) < 20):
        return False
    return not re.fullmatch(rb"[A-Z][A-Z_]+|[a-z_]+(\.[a-z_]+)+|[\d.:/-]+", secret)


def _varied_value(secret: bytes) -> bool:
    """In files of any name a value must look made, and not like a word."""
    return _value(secret) and varied(secret)


PATTERNS = (
    SecretPattern(
        name="assigned-secret",
        what=Text("password or key", "口令或密钥"),
        quick=_QUICK + rb"[A-Za-z_\"'\]]{0,16}[ \t]{0,8}[:=]",
        exact=rb"(?im)^[ \t]*(?:export[ \t]+|ENV[ \t]+|-[ \t]+[\"']?|[-$\[\"'{]{0,3})?[A-Z0-9_.-]{0,48}"
        + _NAME
        + rb"[A-Z_]{0,16}[\"'\]]{0,2}[ \t]{0,8}(?:=>|[:=])[ \t]{0,8}[\"']?(?P<secret>[^\s\"'#;,$<>{}\[\]()]{8,256})",
        entropy=2.5,
        paths=made_here,
        check=_value,
        show=0,
        loose=True,
        before=256,
        behind=320,
        examples=lambda: (
            b"DB_PASSWORD=" + filler("assigned", ALNUM, 12) + b"\n",
            b"    environment:\n      - DB_PASSWORD=" + filler("listed", ALNUM, 12) + b"\n",
        ),
        alike=lambda: (b"DB_PASSWORD=${FROM_VAULT}\nTOKEN=\n", b"password: changeme\n", b"token_endpoint: oauth2.example\n"),
        place="app/.env",
        source="https://12factor.net/config",
    ),
    SecretPattern(
        name="assigned-in-settings",
        what=Text("password or key in settings", "配置中的口令或密钥"),
        quick=_QUICK + rb"[A-Za-z_\"'\]]{0,16}[ \t]{0,8}[:=]",
        exact=rb"(?im)^[ \t]*(?:[-$\[\"'{]{0,3})[A-Z0-9_.-]{0,48}"
        + _NAME
        + rb"[\"'\]]{0,2}[ \t]{0,8}(?:=>|[:=])[ \t]{0,8}[\"']?"
        + rb"(?P<secret>[^\s\"'#;,$<>{}\[\]()]{10,256})[\"']?[ \t]{0,8},?[ \t]{0,8}\r?$",
        entropy=3.1,
        paths=set_here,
        check=_varied_value,
        severity=Severity.MEDIUM,
        show=0,
        loose=True,
        before=256,
        behind=320,
        examples=lambda: (
            b'[db]\npassword = "' + filler("settings", ALNUM, 18) + b'"\n',
            b"  apiKey: " + filler("settings-yaml", ALNUM, 32) + b"\n",
            b"smtp_password=" + filler("settings-smtp", ALNUM, 24) + b"\n",
        ),
        alike=lambda: (
            b"password: changeme1234\n",
            b"secretName: shop-db-credentials-2\n",
            b"token_endpoint: oauth2.example.com\n",
            b"password_file = /run/secrets/db1-24\n",
        ),
        place="srv/shop/shop.toml",
        source="https://cwe.mitre.org/data/definitions/798.html",
    ),
    SecretPattern(
        name="assigned-in-program",
        what=Text("password or key in a program", "程序中的口令或密钥"),
        quick=_QUICK + rb"[\"'\]]{0,2}[^\n\"']{0,40}[\"'][^\s\"']{10}",
        exact=rb"(?i)(?<![A-Z0-9])[A-Z0-9_.-]{0,48}"
        + _NAME
        # A type may stand between name and value (TypeScript, Go, Rust), and PHP's define() has a comma.
        + rb"[\"'\]]{0,2}[ \t]{0,8}(?::[ \t]{0,4}&?[A-Za-z]{2,16}[ \t]{0,4}=|string[ \t]{0,4}=|=>|:=|[:=,])[ \t]{0,8}"
        + rb"[\"'](?P<secret>[A-Za-z0-9+/=_!@#%^&*.~-]{10,128}|[A-Za-z0-9+/=_!@#%^&*.~()$?|:;,-]{40,128})[\"']",
        entropy=3.1,
        paths=written_here,
        check=_varied_value,
        severity=Severity.MEDIUM,
        show=0,
        loose=True,
        before=256,
        behind=320,
        examples=lambda: (
            b'db_password = "' + filler("program", ALNUM, 18) + b'"\n',
            b'const clientSecret: string = "' + filler("typed", ALNUM, 40) + b'";\n',
            b"define('DB_PASSWORD', '" + filler("define", ALNUM, 16) + b"');\n",
        ),
        alike=lambda: (b'password = "correct-horse-battery"\n', b'token = "getAccessTokenSilently"\n'),
        place="srv/app/main.py",
        source="https://cwe.mitre.org/data/definitions/798.html",
    ),
    SecretPattern(
        name="authorization-header",
        what=Text("authorization header", "Authorization 请求头"),
        quick=rb"(?i)authorization[\"']{0,2}\s{0,2}[:=,]\s{0,2}[\"']{0,2}(basic|bearer|token)\s{1,2}[A-Za-z0-9+/=_.-]{12}",
        exact=rb"(?i)authorization[\"']{0,2}\s{0,2}[:=,]\s{0,2}[\"']{0,2}(?:basic|bearer|token)\s{1,2}"
        rb"(?P<secret>[A-Za-z0-9+/=_.~-]{12,2000})",
        entropy=3.2,
        check=lambda secret: spoken_for(secret) and (varied(secret) or names_a_user(secret)),
        severity=Severity.MEDIUM,
        show=0,
        loose=True,
        examples=lambda: (b'curl -H "Authorization: Bearer ' + filler("bearer", ALNUM, 40) + b'" http://api.internal/\n',),
        alike=lambda: (
            b"Authorization: Bearer $TOKEN\n",
            b"Authorization: Bearer <token>\n",
            b"Authorization: Bearer mytokenmytoken\n",
        ),
        source="https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2",
    ),
    SecretPattern(
        name="curl-login",
        what=Text("password on a command line", "命令行中的口令"),
        quick=rb"(curl|wget)\s[^\n]{0,200}(-u|--user|--password|--http-password)[ =]",
        exact=rb"(?:curl|wget)\s[^\n]{0,200}?(?:(?:-u|--user)[ =][\"']?[A-Za-z0-9_.@-]{1,60}:|--(?:http-)?password[ =][\"']?)"
        rb"(?P<secret>[^\s\"'$<>{}:]{6,100})",
        entropy=2.5,
        check=_value,
        severity=Severity.MEDIUM,
        show=0,
        loose=True,
        examples=lambda: (b"curl -s -u ci:" + filler("curl", ALNUM, 14) + b" http://repo.internal/file\n",),
        alike=lambda: (b"curl -u $USER:$PASSWORD http://repo.internal/\n", b"curl -u user:password http://repo.internal/\n"),
        source="https://curl.se/docs/manpage.html#-u",
    ),
    SecretPattern(
        name="tool-password",
        what=Text("password on a command line", "命令行中的口令"),
        quick=rb"(sshpass\s{1,4}-p|PGPASSWORD=|MYSQL_PWD=|REDISCLI_AUTH=|RESTIC_PASSWORD=|BORG_PASSPHRASE=|chpasswd)",
        exact=rb"(?:sshpass\s{1,4}-p\s{0,4}|(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH|RESTIC_PASSWORD|BORG_PASSPHRASE)=)[\"']?"
        rb"(?P<secret>[^\s\"'$<>{}]{5,100})",
        entropy=2.0,
        check=_value,
        show=0,
        loose=True,
        examples=lambda: (
            b"sshpass -p '" + filler("sshpass", ALNUM, 12) + b"' ssh ops@host\n",
            b"PGPASSWORD=" + filler("pg", ALNUM, 12) + b" psql\n",
        ),
        alike=lambda: (b"sshpass -p $PASSWORD ssh ops@host\n", b"PGPASSWORD= psql\n"),
        source="https://www.postgresql.org/docs/current/libpq-envars.html",
    ),
    SecretPattern(
        name="account-password",
        what=Text("password that a script sets for an account", "脚本为账户设置的口令"),
        quick=rb"echo\s[^\n|]{3,160}\|[^\n|]{0,40}chpasswd",
        exact=rb"echo\s{1,4}(?:-e\s{1,4})?[\"']?[a-z_][a-z0-9_-]{0,31}:(?P<secret>[^\s\"'$<>{}|]{3,100})[\"']?\s{0,4}\|\s{0,4}"
        rb"(?:sudo\s{1,4})?(?:/usr/sbin/)?chpasswd",
        show=0,
        examples=lambda: (b"RUN echo 'root:" + filler("chpasswd", ALNUM, 12) + b"' | chpasswd\n",),
        alike=lambda: (b"echo root:$PASSWORD | chpasswd\n",),
        source="https://manpages.debian.org/bookworm/passwd/chpasswd.8.en.html",
    ),
    SecretPattern(
        name="kubernetes-secret",
        what=Text("value of a Kubernetes Secret", "Kubernetes Secret 的值"),
        quick=rb"^(data|stringData):[ \t]{0,8}$",
        exact=rb"(?m)^[ \t]{1,8}[\"']?[A-Za-z0-9_.-]{1,80}[\"']?:[ \t]{1,8}"
        rb"[\"']?(?P<secret>[A-Za-z0-9+/=_!@#%^&*.-]{6,8000})[\"']?[ \t]{0,8}$",
        paths=re.compile(r"\.(ya?ml|json)$").search,
        context=in_secret,
        show=0,
        loose=True,
        examples=lambda: (
            b"apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\ndata:\n  password: "
            + b64encode(filler("kube", ALNUM, 15))
            + b"\n",
        ),
        alike=lambda: (
            b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shop\ndata:\n  password: "
            + b64encode(filler("kube", ALNUM, 15))
            + b"\n",
        ),
        place="srv/deploy/secret.yaml",
        source="https://kubernetes.io/docs/concepts/configuration/secret/",
    ),
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-010",
    title=Text("Keep a password in a configuration file", "配置文件中留有口令"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.INCUBATING,
    remediation=Text(
        "Change the password, leave the file out of the image (.dockerignore), and mount it at run time.",
        "更换口令，用 .dockerignore 把该文件排除在镜像之外，并在运行时挂载。",
    ),
    techniques=("T1552.001",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("app/.env", b"DEBUG=0\nDB_PASSWORD=t7Kq-92xVb\n"),),)),
            "an environment file was copied in",
        ),
        Example(
            GivenImage(layers=((GivenFile("srv/config.yml", b"mail:\n  password: 'Zx81.plover!'\n"),),)),
            "a password in a settings file",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("app/.env", b"DB_PASSWORD=${FROM_VAULT}\nTOKEN=\n"),),)), "nothing but a reference"
        ),
        Example(
            GivenImage(layers=((GivenFile("usr/share/vim/config.yml", b"password: notasecret99x\n"),),)),
            "a file that a distribution ships",
        ),
        Example(
            GivenImage(layers=((GivenFile("app/main.py", b"password = read_password_from_vault\n"),),)),
            "a program, not a configuration",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
