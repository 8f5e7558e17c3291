"""`python -m simulators.filedrop`: the office as a process of its own.

Environment:
    LINDUNG_HOME: folder for its state (default `.lindung`); it uses `simulators/` inside.
    LINDUNG_FILEDROP_FOLDERS: folder in which `to-hk` and `from-hk` lie
        (default `$LINDUNG_HOME/drops`).
    LINDUNG_FILEDROP_PORT: port of its small door on 127.0.0.1 (default 8011).
    LINDUNG_FILEDROP_SECONDS: seconds between two looks into the folder (default 1).
"""

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from simulators.eps.wire import Key

from .control import make_server
from .node import Node
from .office import ACCEPTS, SENDS, Office
from .store import Store

log = logging.getLogger("simulators.filedrop")


def main() -> int:
    """Run until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    home = Path(os.environ.get("LINDUNG_HOME", ".lindung"))
    folders = Path(os.environ.get("LINDUNG_FILEDROP_FOLDERS", home / "drops"))
    port = int(os.environ.get("LINDUNG_FILEDROP_PORT", "8011"))
    seconds = float(os.environ.get("LINDUNG_FILEDROP_SECONDS", "1"))
    node = Node(
        Store(home / "simulators" / "filedrop.db"),
        Key.at(home / "simulators" / "filedrop.key"),
        name="urn:lindung:node:hk-files",
        country="HK",
        title="Hong Kong by files, for demonstration",
        theirs=folders / "to-hk",
        ours=folders / "from-hk",
        accepts=ACCEPTS,
        sends=SENDS,
        again_after=30 * seconds,
    )
    office = Office(node)
    stop = threading.Event()
    server = make_server(office, port)

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    threading.Thread(target=server.serve_forever, name="door", daemon=True).start()
    log.info("file office; folders in %s, door at http://127.0.0.1:%s", folders, port)
    try:
        while not stop.is_set():
            try:
                busy = node.round()
            except Exception:
                log.exception("a round failed")
                busy = 0
            stop.wait(seconds / 10 if busy else seconds)
    finally:
        server.shutdown()
        node.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
