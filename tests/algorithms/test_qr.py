"""QR codes: by the standard's own example, by their form, and read again by another program."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from periderm.algorithms.qr import correction, qr
from periderm.model.errors import LimitError


def test_the_standards_example() -> None:
    """ISO/IEC 18004, annex I: '01234567' in version 1-M, its codewords and their correction."""
    data = bytes.fromhex("10200c566180ec11ec11ec11ec11ec11")
    assert correction(data, 10).hex() == "a524d4c1ed36c7872c55"


@pytest.mark.parametrize(("length", "size"), [(0, 21), (14, 21), (15, 25), (106, 41), (107, 45), (666, 97)])
def test_the_smallest_that_fits(length: int, size: int) -> None:
    """With three finder patterns and a dark module; the same bytes make the same code."""
    rows = qr(b"x" * length)
    assert {len(rows), *map(len, rows)} == {size}
    finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        assert ["".join(str(int(dark)) for dark in row[left : left + 7]) for row in rows[top : top + 7]] == finder
    assert rows[size - 8][8]
    assert rows == qr(b"x" * length)


def test_too_long() -> None:
    """It says so."""
    with pytest.raises(LimitError):
        qr(b"x" * 667)


@pytest.mark.skipif(shutil.which("zbarimg") is None, reason="zbar-tools is not here")
@pytest.mark.parametrize("length", [1, 26, 110, 180, 660])
def test_another_program_reads_it(tmp_path: Path, length: int) -> None:
    """Every way of placing and interleaving: one and many blocks, with and without the version's own bits."""
    data = ("otpauth://totp/" + "aB3%" * 200)[:length].encode()
    rows, zone, scale = qr(data), 4, 6
    size = len(rows) + 2 * zone
    image = bytearray(b"\xff" * (size * scale) ** 2)
    for row, line in enumerate(rows):
        for column, dark in enumerate(line):
            for down in range(scale if dark else 0):
                start = ((row + zone) * scale + down) * size * scale + (column + zone) * scale
                image[start : start + scale] = b"\0" * scale
    path = tmp_path / "code.pgm"
    path.write_bytes(f"P5 {size * scale} {size * scale} 255\n".encode() + image)
    read = subprocess.run(["zbarimg", "-q", "--raw", "-Sbinary", str(path)], capture_output=True, check=True)
    assert read.stdout.rstrip(b"\n") == data
