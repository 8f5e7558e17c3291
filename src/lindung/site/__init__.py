"""The assembled service: settings, addresses, middleware, page frames and static files."""
