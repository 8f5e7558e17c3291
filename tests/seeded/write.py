"""Write docs/contracts-seeded.md anew: ``python -m tests.seeded.write``."""

from __future__ import annotations

import os


def main() -> None:
    """Check all seeded contracts and write the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.test")
    import django

    django.setup()
    from tests.seeded.table import PAGE, page

    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
