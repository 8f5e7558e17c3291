"""Frames of several messages (§5)."""

import base64

from . import agreement
from .wire import Refused, read_json, write_json

SINGLE = "application/cloudevents+json"
BATCH = "application/vnd.lindung.batch+json"
MAX_ITEMS = 500


def write_batch(items: list[tuple[bytes, str]]) -> bytes:
    """The batch frame (§5)."""
    return write_json(
        {
            "items": [
                {"payload": base64.b64encode(body).decode("ascii"), "signature": signature}
                for body, signature in items
            ]
        }
    )


def read_batch(raw: bytes) -> list[tuple[bytes, str]]:
    """Items of a batch frame; refuses a frame that breaks its schema."""
    frame = read_json(raw)
    agreement.check("urn:lindung:exchange:batch:v1", frame, "json_invalid")
    try:
        return [
            (base64.b64decode(item["payload"], validate=True), item["signature"])
            for item in frame["items"]
        ]
    except ValueError as error:
        raise Refused("json_invalid", "payload is not base64") from error
