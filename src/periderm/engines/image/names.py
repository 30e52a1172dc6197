"""Which names of variables and build arguments say that their value is a secret, and which values are none all the same."""

from __future__ import annotations

import re

VARIABLE = re.compile(
    r"(?i)(passw(or)?d|passphrase|secret|token|api_?key|private_?key|access_?key|credential|(^|_)(pwd|pass|auth)|"
    r"encryption_?key|signing_?key|secret_key_base|connection_?string)s?(_?(id|value|string|base))?$"
)
# What is public, or where a secret lies, although its name sounds so.
NO_SECRET = re.compile(
    r"(?i)(public|pub_?key|gpg|fingerprint|_file$|_path$|_dir$|_url$|_name$|_ttl$|_length$|_type$|token_?uri|keyring)"
)
NO_VALUE = re.compile(r"(?i)^(true|false|yes|no|none|null|required|[0-9]{1,5}|/[\w./-]*|\$\{?.*|<.*>|x+|\*+)$")
ARGUMENT = re.compile(
    r"(?i)(?:^|[\s|\"'])-{0,2}(?P<name>[A-Z0-9_-]{0,40}(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key"
    r"|access[_-]?key|secret_key_base|encryption[_-]?key|_pwd|_pass))=[\"']?(?P<value>[^\s$\"'<>{}]{6,4000})"
)


def says_secret(name: str, value: str) -> bool:
    """Whether a variable's name says that it is a secret, and its value may be one."""
    if not VARIABLE.search(name) or NO_SECRET.search(name):
        return False
    return len(value) >= 4 and not NO_VALUE.match(value)
