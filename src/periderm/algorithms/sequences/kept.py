"""A sequence model as bytes and back: a list of plain arrays in MessagePack. Opens no file, trusts no byte that it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from periderm.algorithms.sequences.calibration import Calibration
from periderm.algorithms.sequences.model import COMPANY, LONG, LONG_WINDOW, SHORT, SINGLE, VIEWS, WINDOW, SequenceModel, Views
from periderm.algorithms.sequences.neighbours import Kind, Neighbours
from periderm.algorithms.sequences.stide import Stide
from periderm.model.errors import FormatError

VERSION = 2
Array: TypeAlias = NDArray[np.generic]
_CODES, _FLOATS, _SMALL, _COUNTS = "<u8", "<f8", "<f4", "<u4"
_KINDS = (SINGLE, SHORT, LONG)
_NEIGHBOURS = (_CODES, _FLOATS, _COUNTS, _COUNTS, _SMALL, _FLOATS)
_CALIBRATION = (_FLOATS, _FLOATS, _FLOATS)
_LAYOUT = (*_NEIGHBOURS * len(_KINDS), _CODES, _CODES, _CODES, *_CALIBRATION * len(VIEWS), _FLOATS, _FLOATS)
_BOUND = 1e12
_AGAIN = "Train it again: periderm baseline sequence train FOLDER."


class _File(msgspec.Struct, frozen=True, tag="periderm-sequence-model"):
    version: int
    traces: int
    calls: int
    arrays: tuple[bytes, ...]


def encode(model: SequenceModel) -> bytes:
    """All of it."""
    views = model.views
    arrays: list[Array] = []
    for near in (views.single, views.short, views.long):
        arrays += [near.runs, near.weights, near.starts, near.traces, near.shares, near.alone]
    arrays += [views.ways.seen, views.long_ways.seen, views.company.seen]
    for each in model.calibrations:
        arrays += [each.places, each.means, each.spreads]
    arrays += [model.ordinary, model.unrecorded]
    kept = tuple(array.astype(kind).tobytes() for array, kind in zip(arrays, _LAYOUT, strict=True))
    return msgspec.msgpack.encode(_File(VERSION, model.traces, model.calls, kept))


def decode(data: bytes) -> SequenceModel:
    """Raises FormatError for what `encode` of this version did not write."""
    try:
        file = msgspec.msgpack.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise FormatError("This is no sequence model.", _AGAIN) from None
    if file.version != VERSION or len(file.arrays) != len(_LAYOUT):
        raise FormatError("This sequence model was written by another version.", _AGAIN)
    try:
        model = _build(file)
    except ValueError:
        raise FormatError("This sequence model is damaged.", _AGAIN) from None
    if not _whole(model):
        raise FormatError("This sequence model is damaged.", _AGAIN)
    return model


def _build(file: _File) -> SequenceModel:
    arrays = iter([np.frombuffer(part, kind) for part, kind in zip(file.arrays, _LAYOUT, strict=True)])
    near = [_neighbours(kind, arrays) for kind in _KINDS]
    ways, long_ways = (Stide(window, _codes(arrays)) for window in (WINDOW, LONG_WINDOW))
    views = Views(near[0], near[1], near[2], ways, long_ways, Stide(COMPANY, _codes(arrays), order=False))
    calibrations = tuple(Calibration(_floats(arrays), _floats(arrays), _floats(arrays)) for _ in VIEWS)
    return SequenceModel(file.traces, file.calls, views, calibrations, _floats(arrays), _floats(arrays))


def _neighbours(kind: Kind, arrays: Iterator[Array]) -> Neighbours:
    codes, weights = _codes(arrays), _floats(arrays)
    starts, traces = next(arrays).astype(np.int64), next(arrays).astype(np.int64)
    return Neighbours(kind, codes, weights, starts, traces, next(arrays).astype(np.float32), _floats(arrays))


def _codes(arrays: Iterator[Array]) -> NDArray[np.uint64]:
    return next(arrays).astype(np.uint64)


def _floats(arrays: Iterator[Array]) -> NDArray[np.float64]:
    return next(arrays).astype(np.float64)


def _whole(model: SequenceModel) -> bool:
    """Whether every index leads to something, so that no damaged file can make more than a wrong score."""
    views = model.views
    return (
        all(_near_whole(near) for near in (views.single, views.short, views.long))
        and all(0 < len(each.places) == len(each.means) == len(each.spreads) for each in model.calibrations)
        and all(_bounded(each.places, each.means, each.spreads) for each in model.calibrations)
        and all(bool((each.spreads > 0).all()) for each in model.calibrations)
        and len(model.ordinary) > 0
        and len(model.unrecorded) > 0
        and _bounded(model.ordinary, model.unrecorded)
    )


def _bounded(*several: NDArray[np.float64] | NDArray[np.float32]) -> bool:
    """Numbers that can be reckoned with: none of ours comes near the bound."""
    return all(bool((np.abs(array) < _BOUND).all()) for array in several)  # no number is below no bound


def _near_whole(near: Neighbours) -> bool:
    return (
        len(near.alone) > 0
        and _bounded(near.alone, near.weights, near.shares)
        and bool((near.alone >= 0).all())
        and len(near.weights) == len(near.runs)
        and len(near.starts) == len(near.runs) + 1
        and int(near.starts[0]) == 0
        and len(near.traces) == len(near.shares) == int(near.starts[-1])
        and bool((np.diff(near.starts) >= 0).all())
        and bool((near.traces < len(near.alone)).all())
    )
