"""Whether a port is free, and who has it if not."""

from __future__ import annotations

import socket
from pathlib import Path

from launcher.living import PROC
from launcher.trouble import Trouble

LISTENING = "0A"


def need(port: int, host: str = "127.0.0.1", variable: str = "LINDUNG_PORT") -> None:
    """Refuse to begin when the port is taken.

    Raises:
        Trouble: says who has it, where that can be seen, and how to choose another.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Trouble(
                f"Port {port} is for root only: choose one above 1023, e.g. {variable}=8000."
            ) from None
        except OSError:
            who = holder(port)
            by = f" by {who}" if who else ""
            example = f"{variable}={port + 100}"
            if variable == "LINDUNG_SIMULATOR_URL":
                example = f"{variable}=http://{host}:{port + 100}"
            raise Trouble(
                f"Port {port} is taken{by}: stop that, or choose another port, e.g. {example}."
            ) from None


def holder(port: int) -> str:
    """Name and number of the process that listens on a port; empty if we may not see it."""
    inodes = _inodes(port)
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            for descriptor in (entry / "fd").iterdir():
                if str(descriptor.readlink()) in inodes:
                    name = (entry / "comm").read_text().strip()
                    return f"{name} (process {entry.name})"
        except OSError:
            continue
    return ""


def _inodes(port: int) -> set[str]:
    found = set()
    for table in (PROC / "net" / "tcp", PROC / "net" / "tcp6"):
        for line in _lines(table):
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def _lines(table: Path) -> list[str]:
    try:
        return table.read_text().splitlines()[1:]
    except OSError:
        return []
