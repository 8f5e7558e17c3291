"""``./lindung conformance URL``: does a node keep the exchange protocol?

The node under test must know the examiner as a partner; without that, only what needs no trust is
tried, and the report says what to enter there. Run it against a test installation: the messages it
sends stay in that node's books. Exit 0: all kept; 1: something broken; 2: nothing could be asked.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from lindung.exchange.conformance import (  # noqa: F401  the checks put themselves on the list
    checks,
    reconciling,
    report,
    run,
)
from lindung.exchange.conformance.examiner import Examiner, ExaminerKey


def main(words: list[str] | None = None) -> int:
    """Run every check and print the report."""
    given = _arguments(words)
    host, _, port = given.listen.rpartition(":")
    examiner = Examiner(
        given.url,
        ExaminerKey.at(given.key),
        node=given.node,
        listen=(host or "127.0.0.1", int(port)),
        basis=given.basis,
    )
    if not given.json:
        print(
            f"The examiner is node {examiner.node} at {examiner.url}, key {examiner.key.kid}.",
            file=sys.stderr,
        )
    try:
        results = []
        for result in run.run_all(run.Run(examiner, given.seconds)):
            results.append(result)
            print(report.as_json([result]) if given.json else report.table([result]), flush=True)
    finally:
        examiner.close()
    if not given.json:
        print(f"\n{report.summary(results)}")
    if not examiner.theirs:
        return 2
    return int(any(each.outcome == report.Outcome.BROKEN for each in results))


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./lindung conformance", description=__doc__)
    home = Path(os.environ.get("LINDUNG_HOME", ".lindung"))
    parser.add_argument("url", help="base address of the node to test")
    parser.add_argument(
        "--key",
        type=Path,
        default=home / "conformance.pem",
        help="the examiner's key; made if absent",
    )
    parser.add_argument("--node", default="urn:lindung:node:conformance", help="its node name")
    parser.add_argument(
        "--listen", default="127.0.0.1:8020", metavar="HOST:PORT", help="where it answers"
    )
    parser.add_argument("--basis", default="Conformance test", help="legal basis of its messages")
    parser.add_argument(
        "--seconds", type=float, default=30, help="longest wait for a decision or a replay"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a check")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
