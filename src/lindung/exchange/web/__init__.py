"""The exchange's doors: the protocol over HTTP, and the page people watch it on."""
