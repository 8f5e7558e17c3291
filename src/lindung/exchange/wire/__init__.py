"""The protocol itself, without a database: signatures, envelopes, schemas, frames.

``docs/exchange/protocol.md`` is the authority; section numbers in this package refer to it.
"""
