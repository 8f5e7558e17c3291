"""Bytes nobody would send, at every reader of what comes from outside.

    ./lindung bench fuzz [--seconds 30] [--only mrz]

Each reader is fed for that long, led by coverage where atheris is installed (it comes with the
development requirements), by Hypothesis' byte strategies otherwise; the line says which. A reader may
raise its own refusals and nothing else: the first other exception ends the run with exit code 1 and
the bytes that did it, in base64. One JSON object a reader.

The short deterministic runs of the same readers are in ``tests/intruders/test_fuzz.py``.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[1] / "src"


def main() -> int:
    """Feed all readers, or one; exit code 1 where one raised what is not its refusal."""
    arguments = _arguments()
    _set_up()
    from bench._fuzz_targets import TARGETS

    if arguments.inside:
        return _with_atheris(arguments.only, arguments.seconds)
    names = [arguments.only] if arguments.only else list(TARGETS)
    led = find_spec("atheris") is not None
    worst = 0
    for name in names:
        told = _apart(name, arguments.seconds) if led else _with_hypothesis(name, arguments.seconds)
        print(json.dumps({"reader": name, "by": "atheris" if led else "hypothesis"} | told))
        worst = max(worst, 0 if told["outcome"] == "sound" else 1)
    return worst


def _apart(name: str, seconds: int) -> dict[str, Any]:
    """A process for each reader: libFuzzer ends the process it runs in."""
    with tempfile.TemporaryDirectory() as folder:
        # The seeds of the reader are the corpus that it begins with.
        from bench._fuzz_targets import TARGETS

        for number, seed in enumerate(TARGETS[name].seeds):
            (Path(folder) / f"seed-{number}").write_bytes(seed)
        began = time.monotonic()
        run = subprocess.run(
            [sys.executable, "-m", "bench.fuzz", "--inside", "--only", name,
             "--seconds", str(seconds)],
            cwd=folder, env=os.environ | {"PYTHONPATH": f"{SOURCE}{os.pathsep}{SOURCE.parent}"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        crash = next(Path(folder).glob("crash-*"), None)
        told: dict[str, Any] = {"seconds": round(time.monotonic() - began, 1)}
        runs = [line for line in run.stderr.splitlines() if line.startswith("stat::number_of_exec")]
        told["inputs"] = int(runs[-1].rsplit(" ", 1)[1]) if runs else 0
        if run.returncode == 0 and told["inputs"]:
            return told | {"outcome": "sound"}
        told["outcome"] = "raised" if crash else "did not run"
        told["said"] = run.stderr[-800:]
        if crash:
            told["bytes"] = base64.b64encode(crash.read_bytes()).decode()
        return told


def _with_atheris(name: str, seconds: int) -> int:
    import atheris

    from bench._fuzz_targets import TARGETS

    with atheris.instrument_imports(include=["lindung"]):
        target = TARGETS[name]
        target.warm()
    atheris.Setup(
        [sys.argv[0], ".", f"-max_total_time={seconds}", "-max_len=4096", "-print_final_stats=1",
         "-seed=1", "-rss_limit_mb=2048"],
        target.feed,
    )  # fmt: skip
    atheris.Fuzz()
    return 0


def _with_hypothesis(name: str, seconds: int) -> dict[str, Any]:
    from hypothesis import HealthCheck, Phase, given, settings

    from bench._fuzz_targets import TARGETS, strategy

    target, count = TARGETS[name], 0
    last = b""

    @settings(
        max_examples=200,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy(target))
    def feed(data: bytes) -> None:
        nonlocal count, last
        count, last = count + 1, data
        target.feed(data)

    began = time.monotonic()
    try:
        while time.monotonic() - began < seconds:
            feed()
    except Exception as error:
        return {
            "inputs": count,
            "outcome": "raised",
            "said": repr(error)[:400],
            "bytes": base64.b64encode(last).decode(),
        }
    return {"inputs": count, "seconds": round(time.monotonic() - began, 1), "outcome": "sound"}


def _set_up() -> None:
    sys.path[:0] = [str(SOURCE), str(SOURCE.parent)]
    os.environ.setdefault("LINDUNG_ENV", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.test")
    import django

    django.setup()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lindung bench fuzz")
    parser.add_argument("--seconds", type=int, default=30, help="for each reader")
    parser.add_argument("--only", default="", help="one reader by its name")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
