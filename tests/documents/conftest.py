"""What tests of documents share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lindung.registry.models import Worker
from tests import cast


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """A store of this test's own."""
    settings.STORAGES = settings.STORAGES | {
        "documents": {
            "BACKEND": "lindung.documents.files.WholeFiles",
            "OPTIONS": {"location": tmp_path},
        }
    }
    return tmp_path


@pytest.fixture
def who() -> Worker:
    return cast.worker()
