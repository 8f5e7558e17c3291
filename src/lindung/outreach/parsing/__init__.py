"""Readers of what comes in over a line: bytes in, letters and receipts out, nothing stored."""
