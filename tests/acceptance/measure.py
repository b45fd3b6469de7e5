"""Prints how many cases are answered right, by set, half and kind: ``python -m tests.acceptance.measure --port 5005``.

Faults are shown for the tuning half only; the half kept aside is counted, never read.
"""

from __future__ import annotations

import argparse
from collections import Counter

from tests.acceptance.cases import SETS, read
from tests.acceptance.conversation import Client, Verdict


def main() -> None:
    """Run the sets named (all by default) against a served assistant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--faults", action="store_true", help="show the faults of the tuning half")
    arguments = parser.parse_args()
    client = Client(arguments.port)
    for name in arguments.sets:
        verdicts = [client.run(case) for case in read(name)]
        for half, tuning in (("tuning", True), ("aside", False)):
            mine = [verdict for verdict in verdicts if verdict.case.tuning is tuning]
            if mine:
                print(line(name, half, mine), flush=True)
        if arguments.faults:
            for verdict in verdicts:
                if verdict.case.tuning and verdict.fault:
                    print("  ", describe(verdict))


def line(name: str, half: str, verdicts: list[Verdict]) -> str:
    """One line of figures: right of all, then by kind."""
    right = sum(not verdict.fault for verdict in verdicts)
    kinds = Counter(verdict.case.kind for verdict in verdicts)
    wrong = Counter(verdict.case.kind for verdict in verdicts if verdict.fault)
    share = 100 * right / max(1, len(verdicts))
    by_kind = ", ".join(f"{kind} {count - wrong[kind]}/{count}" for kind, count in sorted(kinds.items()))
    return f"{name:16s} {half:7s} {right}/{len(verdicts)} = {share:.1f} %  ({by_kind})"


def describe(verdict: Verdict) -> str:
    """A fault with the conversation that led to it."""
    talk = " | ".join(f"{message[:60]} -> {answered.text[:110]!r}" for message, answered in verdict.turns)
    last = verdict.turns[-1][1].messages[-1].get("metadata") or {}
    tops = [(c["entry"], round(c["probability"], 2)) for c in last.get("candidates", [])[:3]]
    facts = f"{last.get('outcome')} {last.get('kind', '')} {last.get('confidence', '')} {tops}"
    return f"{verdict.case.id} [{verdict.case.kind}] {verdict.fault} :: {talk} :: {facts}"


if __name__ == "__main__":
    main()
