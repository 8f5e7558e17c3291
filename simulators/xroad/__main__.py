"""`python -m simulators.xroad`: security servers, and a member behind them, as one process.

Environment:
    LINDUNG_HOME: folder for its state (default `.lindung`); it uses `simulators/` inside.
    LINDUNG_XROAD_PORT: port of the security server on 127.0.0.1 (default 8020); the member's own
        is the next one.
    LINDUNG_NODE_URL: base address of the Lindung node (default http://127.0.0.1:8000).
"""

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import httpx

from simulators.eps.node import NotNow
from simulators.eps.store import Store
from simulators.eps.wire import Key

from .member import Member
from .member import make_server as make_member
from .server import Routes
from .server import make_server as make_security_server

log = logging.getLogger("simulators.xroad")

OURS, MEMBER = "DEMO/GOV/BN-LABOUR/WORKERS", "DEMO/GOV/ID-P2MI/LINDUNG"


def main() -> int:
    """Run until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    home = Path(os.environ.get("LINDUNG_HOME", ".lindung")) / "simulators"
    port = int(os.environ.get("LINDUNG_XROAD_PORT", "8020"))
    lindung = os.environ.get("LINDUNG_NODE_URL", "http://127.0.0.1:8000")
    services = {
        f"{OURS}/exchange": f"http://127.0.0.1:{port + 1}",
        f"{MEMBER}/exchange": lindung,
    }
    routes = Routes(services, {f"{OURS}/exchange": [MEMBER], f"{MEMBER}/exchange": [OURS]})
    node = Member(
        Store(home / "xroad.db"),
        Key.at(home / "xroad.key"),
        name="urn:lindung:node:bn-xroad",
        base=f"http://127.0.0.1:{port + 1}",
        partner_base=f"http://127.0.0.1:{port}/r1/{MEMBER}/exchange",
        client=httpx.Client(timeout=10, trust_env=False, headers={"X-Road-Client": OURS}),
    )
    servers = [make_security_server(routes, port), make_member(node, port + 1, MEMBER)]
    stop = threading.Event()

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    log.info("security server at http://127.0.0.1:%s", port)
    try:
        while not stop.is_set():
            busy = 0
            try:
                busy = node.work() + node.pump()
            except NotNow as wait:
                log.warning("%s", wait)
                stop.wait(2)
            except Exception:
                log.exception("a round failed")
            stop.wait(0.05 if busy else 0.5)
    finally:
        for server in servers:
            server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
