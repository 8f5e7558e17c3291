"""Gateways: what carries messages over each line. Loaded with the app, used where a line is on."""
