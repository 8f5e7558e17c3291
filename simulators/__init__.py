"""Destination systems to exchange with: own processes, written only from the protocol.

Nothing here imports `lindung`; a simulator knows `docs/exchange/protocol.md` and `schemas/`, no more.
"""
