"""The score of a CVSS 4.0 vector: macro-vector, its score, and how far the vector lies below the highest of its kind.

Source: first.org/cvss/v4.0/specification-document, section 8.2, with the scores, highest vectors and depths that FIRST
publishes beside it. Distances are counted in whole steps, so that nothing is lost in binary fractions.
"""

from __future__ import annotations

# Scores times ten, by EQ1 EQ2 EQ3; in a row EQ4, EQ5 and EQ6 count up, EQ6 fastest. EQ3 2 with EQ6 0 cannot be.
_ROWS = {
    "000": "100 99 98 95 95 92 100 96 93 87 91 81 93 90 89 80 81 68",
    "001": "98 95 95 92 90 84 93 92 89 81 81 65 88 80 78 70 69 48",
    "002": "92 82 72 79 69 50 69 55 27",
    "010": "99 97 95 92 92 85 95 91 90 83 84 71 92 81 82 71 72 53",
    "011": "95 93 92 85 85 73 92 82 80 72 70 59 84 70 71 52 50 30",
    "012": "86 75 52 71 52 29 63 29 17",
    "100": "98 95 94 87 91 81 94 89 86 74 77 64 87 75 74 63 63 49",
    "101": "94 89 88 77 76 67 86 76 74 58 59 50 72 57 57 52 52 25",
    "102": "83 70 54 65 58 26 53 21 13",
    "110": "95 90 88 76 76 70 90 77 75 62 61 53 77 66 68 59 52 30",
    "111": "89 78 76 67 62 58 74 59 57 57 47 23 61 52 57 29 24 16",
    "112": "71 59 30 58 26 15 23 13 6",
    "200": "93 87 86 72 75 58 86 74 74 61 56 34 70 54 52 40 40 22",
    "201": "85 75 74 55 62 51 72 57 55 41 46 19 53 36 34 19 19 8",
    "202": "64 51 20 47 21 11 24 9 4",
    "210": "88 75 73 53 60 50 73 55 59 40 41 20 54 43 45 22 20 11",
    "211": "75 55 58 45 40 21 61 51 48 18 20 9 46 18 17 7 8 2",
    "212": "53 24 14 24 12 5 10 3 1",
}
Macro = tuple[int, int, int, int, int, int]


def _table() -> dict[Macro, int]:
    table: dict[Macro, int] = {}
    for head, row in _ROWS.items():
        one, two, three = (int(digit) for digit in head)
        places = [(d, e, f) for d in range(3) for e in range(3) for f in range(2) if three < 2 or f == 1]
        for (d, e, f), score in zip(places, row.split(), strict=True):
            table[one, two, three, d, e, f] = int(score)
    return table


_SCORES = _table()
_ORDER = {  # worst first: the place of a value is its distance from the worst
    "AV": "NALP",
    "PR": "NLH",
    "UI": "NPA",
    "AC": "LH",
    "AT": "NP",
    "VC": "HLN",
    "VI": "HLN",
    "VA": "HLN",
    "SC": "SHLN",
    "SI": "SHLN",
    "SA": "SHLN",
    "CR": "HML",
    "IR": "HML",
    "AR": "HML",
    "E": "APU",
}
_WHOLE = 840  # divisible by every depth below
_MANDATORY = ("AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA")
_GROUPS = (("AV", "PR", "UI"), ("AC", "AT"), ("VC", "VI", "VA", "CR", "IR", "AR"), ("SC", "SI", "SA"))
# The highest vectors of each level, their metrics in the order of _GROUPS.
_HIGHEST: tuple[dict[tuple[int, ...], tuple[str, ...]], ...] = (
    {(0,): ("NNN",), (1,): ("ANN", "NLN", "NNP"), (2,): ("PNN", "ALP")},
    {(0,): ("LN",), (1,): ("HN", "LP")},
    {
        (0, 0): ("HHHHHH",),
        (0, 1): ("HHLMMH", "HHHMMM"),
        (1, 0): ("LHHHHH", "HLHHHH"),
        (1, 1): ("LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH", "LLHHHM"),
        (2, 1): ("LLLHHH",),
    },
    {(0,): ("HSS",), (1,): ("HHH",), (2,): ("LLL",)},
)
# How many steps each level is deep.
_DEPTH: tuple[dict[tuple[int, ...], int], ...] = (
    {(0,): 1, (1,): 4, (2,): 5},
    {(0,): 1, (1,): 2},
    {(0, 0): 7, (0, 1): 6, (1, 0): 8, (1, 1): 8, (2, 1): 10},
    {(0,): 6, (1,): 5, (2,): 4},
)


def score_4(told: dict[str, str]) -> float | None:
    """The score of a vector's metrics (without the `CVSS:4.0` in front); None if one is missing or has a wrong value."""
    metrics = _effective(told)
    if metrics is None:
        return None
    if all(metrics[name] == "N" for name in ("VC", "VI", "VA", "SC", "SI", "SA")):
        return 0.0
    macro = _macro(metrics)
    score = _SCORES[macro]
    lower = (_below(macro, 0), _below(macro, 1), _below_3_6(macro), _below(macro, 3), _below(macro, 4))
    taken, counted = 0, 0  # `taken` in parts of _WHOLE
    for group, below in enumerate(lower):
        if below is None:
            continue
        counted += 1
        if group < 4:  # the fifth has no metrics besides its level, and takes nothing
            level = (macro[2], macro[5]) if group == 2 else (macro[group],)
            taken += (score - below) * _distance(metrics, group, level) * (_WHOLE // _DEPTH[group][level])
    # Rounded half up: floor(x + 1/2) of (score - taken / (_WHOLE * counted)), all over one denominator.
    share = 2 * _WHOLE * max(counted, 1)
    return min(max((score * share - 2 * taken + share // 2) // share, 0), 100) / 10


def _effective(told: dict[str, str]) -> dict[str, str] | None:
    """Each metric as it counts: the modified one where it is told, the worst where nothing is."""
    metrics = {}
    for name, order in _ORDER.items():
        value = told.get(name, "X")
        modified = told.get("M" + name, "X")
        if name in _MANDATORY and (value not in order or (value == "S" and name in ("SC", "SI", "SA"))):
            return None
        if modified != "X":
            if modified not in order or name not in _MANDATORY or (name == "SC" and modified == "S"):
                return None
            value = modified
        if value == "X":
            value = order[0]
        if len(value) != 1 or value not in order:
            return None
        metrics[name] = value
    return metrics


def _macro(m: dict[str, str]) -> Macro:
    """The levels EQ1 to EQ6 (specification, tables 24 to 29)."""
    easy = (m["AV"] == "N", m["PR"] == "N", m["UI"] == "N")
    one = 0 if all(easy) else 1 if any(easy) and m["AV"] != "P" else 2
    two = 0 if m["AC"] == "L" and m["AT"] == "N" else 1
    high = (m["VC"] == "H", m["VI"] == "H", m["VA"] == "H")
    three = 0 if high[0] and high[1] else 1 if any(high) else 2
    four = 0 if "S" in (m["SI"], m["SA"]) else 1 if "H" in (m["SC"], m["SI"], m["SA"]) else 2
    five = _ORDER["E"].index(m["E"])
    needed = (m["CR"] == "H", m["IR"] == "H", m["AR"] == "H")
    six = 0 if any(a and b for a, b in zip(high, needed, strict=True)) else 1
    return one, two, three, four, five, six


def _below(macro: Macro, place: int) -> int | None:
    """The score one level down at one place, None at the lowest level."""
    return _SCORES.get((*macro[:place], macro[place] + 1, *macro[place + 1 :]))  # type: ignore[arg-type] # as long as macro


def _below_3_6(macro: Macro) -> int | None:
    """EQ3 and EQ6 go down together; from 0 0 there are two ways, of which the higher score counts."""
    one, two, three, four, five, six = macro
    steps = {(0, 0): ((0, 1), (1, 0)), (0, 1): ((1, 1),), (1, 0): ((1, 1),), (1, 1): ((2, 1),), (2, 1): ()}
    scores = [_SCORES[one, two, c, four, five, f] for c, f in steps[three, six]]
    return max(scores) if scores else None


def _distance(metrics: dict[str, str], group: int, level: tuple[int, ...]) -> int:
    """Steps below the first highest vector of the level that is nowhere lower."""
    names = _GROUPS[group]
    for highest in _HIGHEST[group][level]:
        steps = [_ORDER[n].index(metrics[n]) - _ORDER[n].index(h) for n, h in zip(names, highest, strict=True)]
        if min(steps) >= 0:
            return sum(steps)
    raise AssertionError("a level without a highest vector above each of its own")
