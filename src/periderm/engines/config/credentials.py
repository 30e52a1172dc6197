"""Tells whether a name asks for a secret and a value is one, and masks lines. Knows no vendor's token."""

from __future__ import annotations

import math
import re
from collections import Counter

_NAME = re.compile(
    r"(?i)(?:^|[_.-])(?:[a-z0-9]*passw(?:or)?d|passwd|pwd|passphrase|secret|secrets|token|api_?key|apikey|private_?key|"
    r"access_?key|secret_?key|signing_?key|encryption_?key|auth_?key|credentials?|auth|bearer)$|"
    r"(?i:password|_secret_|secret_key|api_?key|access_token|auth_token|private_key|client_secret)"
)
# Names that hold such a word and tell where a secret lies, how long it is, whether there is one.
_NO_NAME = re.compile(
    r"(?i)(?:_file|_path|_dir|_url|_uri|_endpoint|_name|_id|_ids|_len|_length|_size|_ttl|_expiry|_expires?|_expiration|_type|"
    r"_policy|_enabled|_disabled|_required|_prompt|_mode|_hash|_algorithm|_version|_host|_server|_user|_username|_count|"
    r"_limit|_max|_min|_timeout|_interval|_header|_field|_audience|_issuer|_scopes?|_method|_provider|_format|_store|_mount|"
    r"_arn|_ref|_env|_var|_key_name|_public_key|_minutes|_seconds|_hours|_days|_tokens|_regexp?|_pattern|_validity)$|"
    r"^(?:public|allow|disable|enable|no|use|skip|max|min|num|is|has|require|with|without)_|tokenizer|^(?:pwd|oldpwd|ssh_auth_sock|git_askpass)$|"
    r"(?:^|_)(?:pwd)$|author|max_?tokens|password_?(?:less|auth|login|min|max)|public_?key|^key$|^keys$|_keys$|^auth$|(?:^|_)auth$"
)
_NO_VALUE = re.compile(
    r"(?i)^(?:|true|false|yes|no|none|null|nil|undefined|required|optional|on|off|enabled|disabled|auto|default|unset|empty|"
    r"\d{1,5}|trust|md5|scram-sha-256|bearer|basic|write|read|inherit|always|never|disable|enable|require|n/a|tbd|todo)$"
)
_REFERENCE = re.compile(
    r"\$[({A-Za-z_]|^\$|\{\{|<[^>]*>|%\w+%|^@|^file:|^vault:|^op://|^arn:|^/|^\./|^~/|^https?://[^@]*$|^ENC\[|^!|^\(\("
)
_PLACEHOLDER = re.compile(
    r"(?i)change[-_ ]?me|change[-_ ]?it|placeholder|your[-_ ]|example|xxx|\*\*\*|dummy|fake|sample|replace|insert|redacted|"
    r"not[-_]?(?:a|used|needed|real|secure)|insecure|my[-_]?(?:secret|password|token|key)|foobar|test|build[-_]?time|ignored|unused|temp|mock|"
    r"todo|fixme|nothing|^\.+$|^-+$|^x+$|^0+$|^(.)\1+$"
)
_ASSIGNED = re.compile(
    r"(?i)((?:passw(?:or)?d|passwd|pwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credentials?|bearer|authorization)"
    r"[\w-]{0,40}[\"']?\s{0,3}(?:[=:]|\s)\s{0,3}[\"']?(?:bearer\s|basic\s|token\s)?)([^\s\"'$,;&|{}<>()]{4,400})"
)
_IN_URL = re.compile(r"(://[^\s/:@$]{1,100}:)([^\s/@$]{3,200})(@)")
_THROWAWAY = frozenset(
    [
        "admin",
        "app",
        "ci",
        "dev",
        "develop",
        "development",
        "docker",
        "guest",
        "hello",
        "letmein",
        "local",
        "localhost",
        "master",
        "minio",
        "minioadmin",
        "mongo",
        "mysql",
        "mariadb",
        "nopassword",
        "pass",
        "passw0rd",
        "password",
        "password1",
        "password123",
        "postgres",
        "postgresql",
        "rabbitmq",
        "redis",
        "root",
        "secret",
        "super",
        "supersecret",
        "superuser",
        "toor",
        "user",
        "username",
    ]
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONG = re.compile(r"[A-Za-z0-9_+=-]{16,500}")
_HEX = re.compile(r"[0-9a-fA-F]+")
LONGEST = 200


def is_secret_name(name: str) -> bool:
    """Whether a variable of that name holds a secret by its name."""
    if len(name) > 120:
        return False
    name = _HUMP.sub("_", name).replace("-", "_")
    return bool(_NAME.search(name)) and not _NO_NAME.search(name)


def is_literal(value: str) -> bool:
    """Whether a value is itself a secret: written out, no reference to one, no placeholder."""
    value = value.strip().strip("\"'")
    return 4 <= len(value) <= 5000 and not (
        _NO_VALUE.match(value) or _REFERENCE.search(value) or _PLACEHOLDER.search(value) or " " in value
    )


def is_random(value: str) -> bool:
    """Whether a text looks made by a machine: long, of several kinds of characters, with much entropy."""
    if len(value) < 16 or not any(c.isdigit() for c in value) or not any(c.isalpha() for c in value):
        return False
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values()) >= 3.0


def is_throwaway(value: str) -> bool:
    """Whether it is a word that stands in for a password while something is tried, and keeps nobody out."""
    return value.strip().strip("\"'").lower() in _THROWAWAY


def mask(value: str) -> str:
    """The first characters, if enough stay hidden, and the length."""
    head = value[:4] if len(value) >= 16 else ""
    return f"{head}… ({len(value)} characters)"


def evidence(line: str, hide: str = "") -> str:
    """A line of the file as it may be shown: printable, at most 200 characters, secrets masked."""
    text = line.strip()[: LONGEST * 4]
    if hide:
        text = text.replace(hide, mask(hide))
    text = _IN_URL.sub(lambda m: m[1] + mask(m[2]) + m[3], text)
    text = _ASSIGNED.sub(lambda m: m[0] if _is_plain(m[2]) else m[1] + mask(m[2]), text)
    text = _LONG.sub(lambda m: mask(m[0]) if _is_token(m[0]) else m[0], text)
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _is_plain(value: str) -> bool:
    """Whether what stands after such a word is none itself: a reference, a word like `true`, a permission, a masked one."""
    return bool(_NO_VALUE.match(value) or _REFERENCE.search(value)) or "…" in value or value.startswith(("-", "/", "."))


def _is_token(text: str) -> bool:
    """Digests of pins are no secrets; words joined by dashes neither."""
    if _HEX.fullmatch(text) or text.startswith(("sha256-", "sha384-", "sha512-", "--")):
        return False
    return (
        any(c.isdigit() for c in text)
        and any(c.islower() for c in text)
        and any(c.isupper() for c in text)
        and is_random(text)
        and sum(c in "-_" for c in text) * 6 < len(text)
    )
