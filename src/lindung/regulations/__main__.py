"""``python -m lindung.regulations``: the law at a terminal, without Django's start-up."""

from lindung.regulations.command import main

if __name__ == "__main__":
    raise SystemExit(main())
