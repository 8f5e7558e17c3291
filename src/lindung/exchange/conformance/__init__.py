"""Tests any node against the published protocol, as a partner of its own would meet it."""
