"""What baselines find, and how often they are wrong: real workloads under load, attacked with all rules switched off.

python -m bench.baseline                            record, then judge
python -m bench.baseline record [--minutes 12] [--upgraded 6] [--only NAME,…] [--folder FOLDER] [--seed 0]
python -m bench.baseline judge [--folder FOLDER]      judge again what was kept
python -m bench.baseline remove                     takes the images away
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from baseline import images

KEPT = Path("/var/cache/periderm/bench/baseline")


def main(arguments: list[str]) -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="baseline", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", nargs="?", choices=("all", "record", "judge", "remove"), default="all")
    parser.add_argument("--folder", type=Path, default=KEPT / "full")
    parser.add_argument("--minutes", type=float, default=12.0)
    parser.add_argument("--upgraded", type=float, default=6.0)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--only", type=lambda text: tuple(text.split(",")), default=tuple(images.PARTS))
    parser.add_argument("--quick", action="store_true", help="judge one round and nothing upgraded")
    parser.add_argument("--seed", type=int, default=0, help="of the load; from 100 on other names, commands and paces")
    parser.add_argument("--calm", action="store_true", help="no attacks")
    parser.add_argument("--but", default="", help="judge: a pattern of programs of the machine whose rows are left out")
    options = parser.parse_args(arguments)
    if options.what == "remove":
        images.remove()
        return
    if options.what in ("all", "record"):
        if reason := images.missing():
            print(f"baseline: skipped, {reason}")
            return
        from baseline.record import inventories, record

        record(options.folder, options.only, options.minutes, options.upgraded, attacks=not options.calm, seed=options.seed)
        inventories(options.folder, options.only)
    if options.what in ("all", "judge"):
        from baseline.judge import report

        report(options.folder, options.hours, quick=options.quick, only=options.only, but=options.but)


if __name__ == "__main__":
    main(sys.argv[1:])
