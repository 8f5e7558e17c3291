"""`python -m simulators.eps`: the simulator as a process of its own.

Environment:
    LINDUNG_HOME: folder for its state (default `.lindung`); it uses `simulators/` inside.
    LINDUNG_SIMULATOR_PORT: port on 127.0.0.1 (default 8010).
    LINDUNG_NODE_URL: base address of the partner node (default http://127.0.0.1:8000).
    LINDUNG_SIMULATOR_AUTO: seconds between automatic steps on a first start; unset: off.
"""

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from waitress.server import create_server

from .node import Node, NotNow
from .office import Office
from .pages import make_app
from .store import Store
from .wire import Key

log = logging.getLogger("simulators.eps")


def _loop(stop: threading.Event, node: Node, office: Office) -> None:
    """Apply, advance, deliver, for ever; a fault in one round is logged and the next one comes."""
    while not stop.is_set():
        busy = 0
        try:
            busy = node.work() + office.advance() + node.pump()
        except NotNow as wait:
            log.warning("%s", wait)
            stop.wait(2)
        except Exception:
            log.exception("a round failed")
            stop.wait(2)
        stop.wait(0.02 if busy else 0.25)


def main() -> int:
    """Run until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    home = Path(os.environ.get("LINDUNG_HOME", ".lindung")) / "simulators"
    port = int(os.environ.get("LINDUNG_SIMULATOR_PORT", "8010"))
    store = Store(home / "eps.db")
    node = Node(
        store,
        Key.at(home / "eps.key"),
        name="urn:lindung:node:kr-eps",
        base=f"http://127.0.0.1:{port}",
        partner_base=os.environ.get("LINDUNG_NODE_URL", "http://127.0.0.1:8000"),
    )
    office = Office(node)
    automatic = os.environ.get("LINDUNG_SIMULATOR_AUTO", "")
    if automatic and store.setting("auto_seconds", "never set") == "never set":
        office.automatic(float(automatic))
    stop = threading.Event()
    server = create_server(make_app(node, office), host="127.0.0.1", port=port, threads=4)
    worker = threading.Thread(target=_loop, args=(stop, node, office), name="eps", daemon=True)

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    worker.start()
    log.info("EPS simulator at http://127.0.0.1:%s, partner %s", port, node.partner_base)
    try:
        server.run()
    finally:
        stop.set()
        worker.join(timeout=5)
    return 0


if __name__ == "__main__":
    sys.exit(main())
