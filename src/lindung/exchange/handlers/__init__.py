"""What the journal tells a partner, and what a partner tells our books."""

from lindung.exchange.handlers import incoming, outgoing  # noqa: F401  registers them
