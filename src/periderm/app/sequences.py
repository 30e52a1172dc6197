"""Training and asking the sequence detector on folders of traces. Prints nothing, and judges none of what it scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from periderm.algorithms.sequences import kept
from periderm.algorithms.sequences.folds import FOLDS
from periderm.algorithms.sequences.model import SequenceModel, train
from periderm.formats.call_trace import parse
from periderm.model.errors import FormatError, NotFoundError, PeridermError, UsageError
from periderm.ports.documents import Documents
from periderm.ports.traces import TraceFolders

LARGEST_TRACE = 16 << 20
LARGEST_MODEL = 1 << 30
LARGEST_TRAINING = 50_000_000  # calls: about a gigabyte of memory while it learns
MOST_TRACES = 10_000  # each is held against every other, several times over: half an hour
Progress = Callable[[str], None]


class Trained(msgspec.Struct, frozen=True, kw_only=True):
    """`left_out` are files that are no traces, each with the reason."""

    model: str
    bytes: int
    traces: int
    calls: int
    left_out: tuple[str, ...] = ()


class ScoredTrace(msgspec.Struct, frozen=True, kw_only=True):
    """`score` is 0 for what is as ordinary as most, more being stranger, whatever the length. `share` is how many of the
    ordinary traces score at least as high; `unusual` says that they are at most those that were allowed. `view` names what
    is strangest about it."""

    path: str
    score: float
    share: float
    unusual: bool
    view: str
    calls: int


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """`limit` is the score from which a trace is unusual; `unrecorded_told` the share of ordinary traces above it whose program
    was never recorded, as far as the training traces tell: a new program is unusual in itself."""

    traces: tuple[ScoredTrace, ...]
    limit: float
    unrecorded_told: float = 0.0
    left_out: tuple[str, ...] = ()


class Sequences(msgspec.Struct, frozen=True):
    """What both uses need of the outside."""

    folders: TraceFolders
    documents: Documents

    def train(self, folder: str, output: str, progress: Progress) -> Trained:
        """Learns all traces of a folder, whose behaviour must be ordinary, and writes the model whole or not at all.

        Raises UsageError for too few or too many, NotFoundError.
        """
        left_out: list[str] = []
        traces, calls = [], 0
        for _, trace in self._traces(folder, left_out):
            calls += len(trace)
            if calls > LARGEST_TRAINING:
                raise UsageError(f"{folder} holds more than {LARGEST_TRAINING} calls.", "Train on a part of the traces.")
            traces.append(trace)
            if len(traces) > MOST_TRACES:
                raise UsageError(
                    f"{folder} holds more than {MOST_TRACES} traces.", "Train on a part of them, of every program."
                )
        said = [trace for trace in traces if len(trace)]
        if len(said) < 2 * FOLDS:
            raise UsageError(
                f"{folder} holds {len(said)} traces, and {2 * FOLDS} are needed.", "Record more ordinary behaviour."
            )
        model = train(said, lambda done, of: progress(f"{done} of {of} parts learned"))
        data = kept.encode(model)
        self.documents.write(output, data)
        return Trained(model=output, bytes=len(data), traces=model.traces, calls=model.calls, left_out=tuple(left_out))

    def score(self, folder: str, model: str, allowed: float, progress: Progress, unrecorded: float = 0.0) -> Scored:
        """Every trace of a folder, by path. `allowed` of the ordinary traces may be unusual, `unrecorded` of them being of
        programs that training has not. Raises UsageError, NotFoundError, FormatError for the model."""
        learned = self._model(model)
        limit = learned.limit(allowed, unrecorded)
        left_out: list[str] = []
        scored = []
        for path, trace in self._traces(folder, left_out):
            result = learned.score(trace, unrecorded)
            unusual = len(trace) > 0 and result.score > limit
            scored.append(
                ScoredTrace(
                    path=path, score=result.score, share=result.share, unusual=unusual, view=result.view, calls=result.calls
                )
            )
            if not len(scored) % 100:
                progress(f"{len(scored)} traces scored")
        return Scored(traces=tuple(scored), limit=limit, unrecorded_told=learned.told(limit), left_out=tuple(left_out))

    def _model(self, path: str) -> SequenceModel:
        try:
            return kept.decode(self.documents.read(path, LARGEST_MODEL))
        except NotFoundError:
            raise NotFoundError(
                f"There is no sequence model {path}.", "Train one: periderm baseline sequence train FOLDER."
            ) from None
        except FormatError as error:
            raise FormatError(error.what, error.next_step, where=path) from None

    def _traces(self, folder: str, left_out: list[str]) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """The files that are traces; what is none is said and passed over, so that a note among them does no harm."""
        for path in self.folders.below(folder):
            try:
                yield path, parse(self.documents.read(path, LARGEST_TRACE), path)
            except PeridermError as error:
                left_out.append(error.what if path in error.what else f"{path}: {error.what}")
