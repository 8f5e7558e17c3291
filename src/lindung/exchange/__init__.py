"""Messages to and from other systems and countries."""
