"""What stops a command, said in one sentence that tells what to do."""


class Trouble(Exception):  # noqa: N818  it reads as what it is: `raise Trouble("…")`
    """A foreseen reason to stop; its text is the whole message, without a traceback."""
