"""The exchange as an AsyncAPI 3.0 document, made from the published schemas.

Written to ``docs/api/asyncapi.json`` by ``manage.py write_docs``. It says the same as
``docs/exchange/protocol.md``, for tools; the page wins.
"""

from __future__ import annotations

from typing import Any

from lindung.exchange.wire import agreement
from lindung.exchange.wire.texts import BATCH, SINGLE

_SCHEMAS = "../../schemas"
_CHANNEL = "#/channels/messages"


def document() -> dict[str, Any]:
    """The whole document; references lead to the files in ``schemas/``."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Lindung exchange",
            "version": "1",
            "description": "Messages between two governments' nodes, as the node of the origin "
            "country sends and receives them. Rules: docs/exchange/protocol.md.",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": SINGLE,
        "channels": {
            "messages": {
                "address": "/exchange/v1/messages",
                "title": "Messages of one node",
                "description": f"POST of one message ({SINGLE}) or of a batch ({BATCH}); the "
                "answer is the technical receipt. Order is kept within one `subject`.",
                "messages": {
                    _key(type_): {"$ref": f"#/components/messages/{_key(type_)}"}
                    for type_ in agreement.messages()
                },
            }
        },
        "operations": {
            "send": _operation("send", "origin"),
            "receive": _operation("receive", "destination"),
        },
        "components": {
            "messages": {_key(t): _message(t, s) for t, s in agreement.messages().items()},
            "correlationIds": {
                "thread": {
                    "description": "`id` of the message this one answers",
                    "location": "$message.payload#/correlationid",
                }
            },
        },
    }


def _operation(action: str, side: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": _CHANNEL},
        "messages": [{"$ref": f"{_CHANNEL}/messages/{_key(t)}"} for t in agreement.said_by(side)],
    }


def _message(type_: str, schema: dict[str, Any]) -> dict[str, Any]:
    """One message: the envelope, with this type's name and data."""
    version = schema["$id"].rpartition(":")[2]
    return {
        "name": type_,
        "title": schema["title"],
        "summary": schema["description"],
        "contentType": SINGLE,
        "headers": {
            "type": "object",
            "required": ["Lindung-Signature"],
            "properties": {
                "Lindung-Signature": {
                    "type": "string",
                    "description": "detached JWS over the exact bytes (RFC 7515 F, RFC 7797)",
                }
            },
        },
        "payload": {
            "allOf": [
                {"$ref": f"{_SCHEMAS}/envelope.v1.json"},
                {
                    "properties": {
                        "type": {"const": type_},
                        "dataschema": {"const": schema["$id"]},
                        "purpose": {"enum": schema["x-purpose"]},
                        "data": {"$ref": f"{_SCHEMAS}/{agreement.name_of(type_)}.{version}.json"},
                    }
                },
            ]
        },
        "correlationId": {"$ref": "#/components/correlationIds/thread"},
        "x-direction": schema["x-direction"],
        "x-legal-basis": schema["x-legal-basis"],
        "x-retention": schema["x-retention"],
    }


def _key(type_: str) -> str:
    return type_.removeprefix("id.lindung.")
