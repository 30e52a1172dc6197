"""Makes the secret patterns ready for searching: their databases are compiled, or taken from where they are kept.

Judges nothing. A kept database that is damaged is compiled again. What is loaded is run as it is: `kept` must be a place that
no process may write to which reads images (see `flow.compiled`).
"""

from __future__ import annotations

from collections.abc import Sequence

from periderm.engines.image.secrets import SecretPattern
from periderm.ports.compiled_words import CompiledWords


def ready(patterns: Sequence[SecretPattern], kept: CompiledWords | None = None) -> None:
    """The databases for texts, for binary files and for paths, from where they are kept or into it; without that, and
    where this process has them already, none is read or written. Hyperscan is loaded here and not before."""
    from periderm.engines.image import database

    texts = dict.fromkeys(p.quick for p in patterns if p.quick)
    programs = dict.fromkeys(p.quick for p in patterns if p.quick and p.binary)
    for forms in (tuple(texts), tuple(programs), tuple(p.files for p in patterns if not p.quick)):
        if kept is not None:
            database.remember(forms, kept)
        elif forms:
            database.compiled(forms)
