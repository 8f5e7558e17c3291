"""What stops a command, said in one sentence that tells what to do."""


class Trouble(Exception):
    """A foreseen reason to stop; its text is the whole message, without a traceback."""
