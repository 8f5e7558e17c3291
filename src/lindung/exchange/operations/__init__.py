"""What the exchange does: trust partners, send, take in, apply."""
