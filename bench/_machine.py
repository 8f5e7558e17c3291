"""The machine that figures were taken on: without it they say nothing."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from bench._service import CLONE
from bench._timing import p50

_SYNCS = 40


def facts(url: str) -> dict[str, Any]:
    """Cores, memory, disk and versions; how busy it was when asked.

    Args:
        url: of the PostgreSQL that is measured.
    """
    with psycopg.connect(url) as connection:
        (version,) = connection.execute("show server_version").fetchone() or ("",)
        (fsync,) = connection.execute("show fsync").fetchone() or ("",)
    disk = shutil.disk_usage(tempfile.gettempdir())
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "disk_gb": round(disk.total / 1e9),
        "disk_free_gb": round(disk.free / 1e9),
        "sync_ms": round(_sync_ms(), 2),
        "load": round(os.getloadavg()[0], 1),
        "system": platform.system() + " " + platform.release(),
        "python": platform.python_version(),
        "postgresql": version.split()[0],
        "fsync": fsync,
        "commit": _commit(),
    }


def _processor() -> str:
    """Its name, as Linux says it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.machine()


def _sync_ms() -> float:
    """How long the disk takes to promise one page, in the middle."""
    took = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(_SYNCS):
            file.write(b"\0" * 8192)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1_000)
    return p50(took)


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=CLONE, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return done.stdout.strip()
