"""Records traces, cuts them into corpora, and prints how well the sequence detector does on them.

python -m bench.sequences record [--folder FOLDER]     needs root; 20 minutes
python -m bench.sequences score [CORPUS …]             folders with training, normal and attack; default: what was recorded
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sequences import corpus, evaluate, record

FOLDER = Path("/var/cache/periderm/bench/sequences")
MOST = 900


def main() -> None:
    """Does what was asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=("record", "cut", "score"))
    parser.add_argument("corpora", nargs="*", type=Path)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--host", action="append", choices=record.HOSTS, help="record: only this one (repeatable)")
    parser.add_argument("--most", type=int, default=MOST, help=f"score: ordinary traces to judge, at most ({MOST})")
    options = parser.parse_args()
    corpora = options.folder / "corpora"
    if options.work == "score":
        for each in options.corpora or sorted(corpora.iterdir()):
            evaluate.evaluate(each, options.most)
        return
    root = record.record(options.folder, options.host or record.HOSTS) if options.work == "record" else options.folder / "root"
    shutil.rmtree(corpora, ignore_errors=True)
    for host in record.HOSTS:
        if (root / f"traces{host}").exists():
            corpus.write(root / f"traces{host}", corpora, host)


if __name__ == "__main__":
    main()
