"""Published schemas, from packages that carry them: fetched by npm's ordinary client where there is one, else the test
that asks is skipped and says so. Nothing fetched is kept."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest


@functools.cache
def _packed(package: str) -> bytes | str:
    """The package's archive, or why it is not here."""
    npm = shutil.which("npm")
    if npm is None:
        return "needs npm"
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", "--silent", "--ignore-scripts", package]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=180)
        except (subprocess.SubprocessError, OSError):
            return f"npm cannot fetch {package} here"
        return next(Path(folder).glob("*.tgz")).read_bytes()


def published(package: str, path: str) -> bytes:
    """A file of an npm package ('name@version'); skips the test if it cannot be had."""
    packed = _packed(package)
    if isinstance(packed, str):
        pytest.skip(packed)
    with tempfile.TemporaryFile() as file:
        file.write(packed)
        file.seek(0)
        with tarfile.open(fileobj=file) as archive:
            member = archive.extractfile(f"package/{path}")
            assert member is not None
            return member.read()
