"""Masks secrets in what a scan gives away: the image's configuration, its history, labels, names of files, findings.

Finds what the search finds, and what only the name of a variable tells. Keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from periderm.engines.image.names import ARGUMENT, NO_VALUE, says_secret
from periderm.engines.image.secrets import Matcher, SecretPattern, mask
from periderm.model.image import History, ImageConfig

Value = TypeVar("Value")
_ROUNDS = 1000  # each hides at least one secret; what is left then is a file made to be so
_ARMOUR = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----.*?(-----END [A-Z0-9 ]{0,40}KEY( BLOCK)?-----|\Z)", re.DOTALL
)
_WORD = re.compile(r"[A-Za-z0-9_+.~=-]{16,}")
_ADDRESS = re.compile(r"://[^\s:@/]*:[^\s@/]+@")
_HEX = re.compile(r"(?i)[0-9a-f.:-]+|sha\d*-[A-Za-z0-9+/=]+")


def suspicious(config: ImageConfig) -> bool:
    """Whether a configuration may hold a secret by its form: if not, no pattern need be loaded to say so."""
    return any(
        _ADDRESS.search(text) is not None or "-----BEGIN" in text or any(_random(word) for word in _WORD.findall(text))
        for text in _texts(config)
    )


def _random(word: str) -> bool:
    """Whether a word mixes digits and letters as no version, digest or name does."""
    value = word.rpartition("=")[2] if "=" in word.rstrip("=") else word
    if len(value) < 16 or _HEX.fullmatch(value):
        return False
    return sum(c.isdigit() for c in value) >= 3 and sum(c.isalpha() for c in value) >= 6


def _texts(config: ImageConfig) -> tuple[str, ...]:
    """All texts that a person wrote, or a builder noted."""
    return (
        *config.environment,
        *(step.created_by for step in config.history),
        *(step.comment for step in config.history),
        *(f"{name}={value}" for name, value in config.labels.items()),
        *config.entrypoint,
        *config.command,
        *config.healthcheck,
    )


class Redactor:
    """One image's. `patterns` are all kinds; those that count in some files only say nothing here."""

    def __init__(self, patterns: Sequence[SecretPattern]) -> None:
        anywhere = [p for p in patterns if p.quick and p.paths is None]
        self._all = Matcher(anywhere)
        # In names and identities of packages only what cannot be there by chance is masked.
        self._strict = Matcher([p for p in anywhere if not p.loose or p.name.endswith("-url")])

    def config(self, config: ImageConfig) -> ImageConfig:
        """The configuration without its secrets."""
        return msgspec.structs.replace(
            config,
            environment=tuple(self._variable(variable) for variable in config.environment),
            labels={self.text(name): self._label(name, value) for name, value in config.labels.items()},
            history=tuple(History(self.text(s.created_by), self.text(s.comment), s.empty_layer) for s in config.history),
            entrypoint=tuple(self.text(word) for word in config.entrypoint),
            command=tuple(self.text(word) for word in config.command),
            healthcheck=tuple(self.text(word) for word in config.healthcheck),
        )

    def _variable(self, variable: str) -> str:
        name, equals, value = variable.partition("=")
        if says_secret(name, value):
            return f"{self.text(name)}={mask(value.encode('utf-8', 'surrogateescape'), 0)}"
        return self.text(variable) if equals else self.text(name)

    def _label(self, name: str, value: str) -> str:
        """A value may be known by its label's name alone."""
        return self.text(f"{name}={value}").removeprefix(f"{self.text(name)}=") if name else self.text(value)

    def text(self, text: str) -> str:
        """A text without its secrets: by their form, and behind names that say so."""
        shown = _ARMOUR.sub(lambda match: mask(match[0].encode("utf-8", "surrogateescape"), 0), text)
        shown = _hidden(shown.encode("utf-8", "surrogateescape"), self._all).decode("utf-8", "surrogateescape")
        return ARGUMENT.sub(_argument, shown)

    def encoded(self, data: bytes) -> bytes:
        """JSON without its secrets, for all that is neither variable nor label: names of files, addresses of packages."""
        return _hidden(data, self._strict)


def _argument(match: re.Match[str]) -> str:
    """NAME=VALUE with the value masked; one that is none, or masked already, stays."""
    value = match["value"]
    if NO_VALUE.match(value) or "…" in value:
        return match[0]
    start = match.start("value") - match.start()
    return match[0][:start] + mask(value.encode("utf-8", "surrogateescape"), 0)


def _hidden(data: bytes, matcher: Matcher) -> bytes:
    """The data with each secret masked, in rounds: a search tells a bounded number."""
    for _ in range(_ROUNDS):
        found = {secret: mask(secret, pattern.show).encode() for pattern, _, secret in matcher.find(data, "")}
        if not found:
            break
        for secret in sorted(found, key=len, reverse=True):
            data = data.replace(secret, found[secret])
    return data


def redacted(value: Value, redactor: Redactor, decode: Callable[[bytes], Value]) -> Value:
    """A value of the model, masked: as JSON, and back only if something had to be. One that cannot be told in JSON (a name
    that is not UTF-8) stays as it is: its texts were made printable before."""
    try:
        data = msgspec.json.encode(value)
    except UnicodeEncodeError:
        return value
    shown = redactor.encoded(data)
    return value if shown == data else decode(shown)
