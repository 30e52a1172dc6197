"""Has the words of a scan's patterns and rules compiled before anything is read, in the process that starts the others.

A compiled database is run as it is, so one that a process wrote which had seen hostile bytes must never be loaded: the
processes that read images inherit what is in memory here, and neither load nor keep any.
"""

from __future__ import annotations

import functools

from periderm.model.limits import DEFAULT_LIMITS
from periderm.model.report import Scanner
from periderm.ports.compiled_words import CompiledWords


@functools.lru_cache(16)
def compile_words(scanners: frozenset[Scanner], kept: CompiledWords) -> None:
    """What these scanners look for, compiled or loaded; once a process. Nothing is loaded for scanners that search
    nothing."""
    if Scanner.SECRETS in scanners:
        from periderm.engines.image.engine import ImageEngine
        from periderm.flow.patterns import ready
        from periderm.flow.scan_task import chosen

        ready(ImageEngine(chosen(scanners), DEFAULT_LIMITS).patterns, kept)
    if Scanner.MALWARE in scanners:
        from periderm.flow.contents import prepare

        prepare(kept)
