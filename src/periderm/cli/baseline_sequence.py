"""`periderm baseline sequence`: trains the sequence detector on a folder of traces and scores others with it.

A part of `periderm baseline` (`cli.baseline`), which hands its parser and options over.
"""

from __future__ import annotations

import argparse
import os

from periderm.app.sequences import Scored, Sequences
from periderm.cli.output import Output
from periderm.model.errors import UsageError
from periderm.model.settings import Settings
from periderm.model.text import Text

MODEL = "sequence.model"
_VIEWS = {
    "calls": Text("an unwonted mix of calls", "系统调用的比例不寻常"),
    "short-runs": Text("far from where traces like it stand", "远离与其相似的轨迹"),
    "long-runs": Text("other runs of sixteen calls than traces like it", "十六次调用的序列与相似轨迹不同"),
    "ways": Text("goes ways that were never gone", "走了从未走过的路径"),
    "long-ways": Text("no long way of it was ever gone so", "其较长的路径从未这样走过"),
    "company": Text("calls that never came in this company", "这些调用从未如此相伴出现"),
}
_TRAINED = Text(
    "Learned {traces} traces with {calls} calls; the model is {path} ({size} KiB).",
    "已学习 {traces} 条轨迹，共 {calls} 次调用；模型为 {path}（{size} KiB）。",
)
_SUM = Text(
    "{count} traces, {unusual} unusual (score above {limit}; {allowed} of the ordinary traces reach it).",
    "{count} 条轨迹，{unusual} 条异常（得分高于 {limit}；普通轨迹中有 {allowed} 达到该值）。",
)
_UNRECORDED = Text(
    "A program that was never recorded is unusual in {told} of its traces; --unrecorded SHARE allows for such ones.",
    "从未记录过的程序，其轨迹有 {told} 会被判为异常；可用 --unrecorded SHARE 予以考虑。",
)
_LEFT = Text("Left out: {what}", "未处理：{what}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("work", choices=("train", "score"), metavar="train|score", help="learn a folder, or score one")
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        help="one trace a file, numbers of calls apart by blanks, in folders as you like; train: only ordinary behaviour",
    )
    parser.add_argument("--output", metavar="MODEL", default="", help=f"train: where it is put (default: {MODEL} in the state)")
    parser.add_argument("--model", metavar="MODEL", default="", help="score: the model (default: the same)")
    parser.add_argument(
        "--allowed",
        metavar="SHARE",
        type=float,
        default=0.01,
        help="score: of ordinary ones that may be unusual (0.01)",
    )
    parser.add_argument(
        "--unrecorded",
        metavar="SHARE",
        type=float,
        default=0.0,
        help="score: of ordinary ones that come from programs that training has not (0)",
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Does it. Scores go to standard output: score, share, path, by path."""
    from periderm import wiring

    if not 0 < options.allowed < 1:
        raise UsageError(f"--allowed is {options.allowed}.", "Give a share above 0 and below 1, such as 0.01.")
    if not 0 <= options.unrecorded <= 1:
        raise UsageError(f"--unrecorded is {options.unrecorded}.", "Give a share from 0 to 1, such as 0.1.")
    sequences: Sequences = wiring.sequences()
    usual = os.path.join(settings.state, MODEL)
    if options.work == "train":
        return _train(sequences, options.folder, options.output or usual, out)
    scored = sequences.score(options.folder, options.model or usual, options.allowed, out.progress, options.unrecorded)
    if out.json:
        out.value(scored)
    else:
        _tell(scored, options.allowed, out)
    return 0


def _train(sequences: Sequences, folder: str, output: str, out: Output) -> int:
    if not os.path.isdir(os.path.dirname(os.path.abspath(output))):
        os.makedirs(os.path.dirname(os.path.abspath(output)), mode=0o700, exist_ok=True)
    trained = sequences.train(folder, output, out.progress)
    if out.json:
        out.value(trained)
        return 0
    said = {"traces": trained.traces, "calls": trained.calls, "path": trained.model, "size": trained.bytes >> 10}
    out.line(out.say(_TRAINED).format(**{key: out.say(str(value)) for key, value in said.items()}))
    for what in trained.left_out:
        out.note(out.say(_LEFT).format(what=out.say(what)))
    return 0


def _tell(scored: Scored, allowed: float, out: Output) -> None:
    for trace in scored.traces:
        why = out.say(_VIEWS[trace.view]) if trace.unusual else ""
        out.line("\t".join((f"{trace.score:.4f}", f"{trace.share:.4f}", out.say(trace.path), why)).rstrip())
    for what in scored.left_out:
        out.note(out.say(_LEFT).format(what=out.say(what)))
    unusual = sum(trace.unusual for trace in scored.traces)
    said = {"count": len(scored.traces), "unusual": unusual, "limit": f"{scored.limit:.2f}", "allowed": f"{allowed:.2%}"}
    out.note(out.say(_SUM).format(**said))
    out.note(out.say(_UNRECORDED).format(told=f"{scored.unrecorded_told:.0%}"))
