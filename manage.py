#!/usr/bin/env python
"""Django's commands, each under the database login that its work needs."""

import os
import sys
from pathlib import Path

# These change the schema or load data for everyone, so they log in as the owner; everything
# else runs as the application and is bound by the row policies.
OWNER_COMMANDS = {
    "migrate",
    "load_reference",
    "population",
    "demo",
    "journal_epoch",
    "rotate_keys",
    "import_legacy",
    "makemigrations",
    "partitions",
    "slow_queries",
}
# The job worker takes and ends jobs on connections of its own, so these begin as our robot.
JOB_COMMANDS = {"procrastinate"}


def main() -> None:
    """Choose the login, then run Django's command."""
    sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
    if sys.argv[1:3] == ["law", "impact"]:
        # It asks the contracts, so it is a command of the stage that keeps them.
        sys.argv[1:3] = ["law_impact"]
    if sys.argv[1:3] == ["import", "legacy"]:
        sys.argv[1:3] = ["import_legacy"]
    if len(sys.argv) > 1 and sys.argv[1] == "law":
        # A look-up in files; Django's start-up would take ten times as long as the answer.
        from lindung.regulations.command import main as law

        sys.exit(law(sys.argv[2:]))
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("LINDUNG_CONNECT_AS", "owner")
    if len(sys.argv) > 1 and sys.argv[1] in JOB_COMMANDS:
        os.environ.setdefault("LINDUNG_CONNECT_AS", "jobs")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
