"""What asks the registries that are watched, with the credentials that each names.

Adapters are named inside the functions, so that a command that asks no registry loads none of it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from periderm.model.errors import DeniedError
from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.model.registry import Credentials
    from periderm.ports.registry import Registry


def watched_client(settings: Settings, credentials: str) -> Registry:
    """A client that signs in with what this reference names ('' or 'docker': the files of docker and podman)."""
    from periderm.wiring.registering import registry_client

    if credentials in ("", "docker"):
        return registry_client(settings)
    return registry_client(settings, find=lambda _registry, _repository: _named(credentials))


def _named(reference: str) -> Credentials:
    """'user:password' out of an environment variable or a file. Raises DeniedError."""
    from periderm.model.registry import Credentials

    user, colon, password = secret_named(reference).partition(":")
    if not colon:
        raise DeniedError(f"What {reference} holds is not USER:PASSWORD.", "Write both, with a colon between them.")
    return Credentials(user, password)


def secret_named(reference: str) -> str:
    """What 'env:NAME' or 'file:PATH' holds, read anew each time. Raises DeniedError; never says what it read."""
    from periderm.adapters.secret_file import read_secret

    kind, _, where = reference.partition(":")
    if kind == "env":
        if not (found := os.environ.get(where, "")):
            raise DeniedError(f"The environment variable {where} is empty or not set.", "Set it where the server starts.")
        return found.strip()
    return read_secret(where)


def hook_secret(settings: Settings, name: str, sender: str) -> str:
    """Where the secret of a webhook lies: in the state folder, made if there is none yet."""
    from periderm.adapters.secret_file import ensure_secret

    path = os.path.join(settings.state, "hooks", f"{name}.{sender}")
    ensure_secret(path)
    return f"file:{path}"
