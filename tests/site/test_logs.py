"""Logs never name a person, also where the database refuses a row and says which."""

from __future__ import annotations

import logging.config
from copy import deepcopy

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from lindung.registry.models import Task
from tests.access.cast import ANA, row_of
from tests.conftest import Scene


def test_the_row_that_the_database_refused_is_left_out(scene: Scene) -> None:
    name = "Siti\nRahayu"
    with scene():
        task = row_of(Task, ANA, title=name)
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Task.objects.filter(pk=task.pk).update(state="done")
    assert "Siti" in str(refused.value)  # what has to be kept out is really there
    wanted = deepcopy(settings.LOGGING)  # taking one up takes it apart
    factory = logging.config.DictConfigurator(wanted)
    formatter = factory.configure_formatter(wanted["formatters"]["line"])
    nobody = factory.configure_filter(wanted["filters"]["nobody"])
    info = (type(refused.value), refused.value, refused.value.__traceback__)
    record = logging.LogRecord(
        "x", logging.ERROR, __file__, 1, "failed: %s", (refused.value,), info
    )
    assert nobody.filter(record)
    line = formatter.format(record)
    assert "task_closed_has_an_instant" in line
    assert "Traceback" in line
    assert "Siti" not in line
    assert "Rahayu" not in line
