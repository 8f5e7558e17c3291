"""Measures: given to whoever shows the token, every declared one true, one group's failure its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client, override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from lindung.access.acting import acting_as
from lindung.access.jobs import enqueue, job
from lindung.access.roles import ROBOT
from lindung.duty.models import Call
from lindung.exchange.models import Incoming, Outgoing, Partner
from lindung.kernel import trail
from lindung.signals.models import Pass
from lindung.site.seeing import catalogue, measures, state, views
from tests import cast
from tests.access.cast import ANA, row_of
from tests.conftest import Scene

TOKEN = "t" * 40
NOW = timezone.now()
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def counting() -> Iterator[None]:
    """Measures are on and begin at nothing."""
    measures.instruments.cache_clear()
    trail.observe(measures.note)
    with override_settings(METRICS_TOKEN=TOKEN):
        yield
    trail.forget(measures.note)
    measures.instruments.cache_clear()


def ask(**headers: str) -> tuple[int, str]:
    with mock.patch.object(views.timezone, "now", return_value=NOW):
        answer = Client().get("/metrics", headers=headers)
    return answer.status_code, answer.content.decode()


def samples() -> Samples:
    status, text = ask(Authorization=f"Bearer {TOKEN}")
    assert status == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found[f"lindung_{name}", tuple(sorted(labels.items()))]


@pytest.mark.django_db
class TestDoor:
    @pytest.mark.parametrize("shown", ["", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer "])
    def test_is_not_there_without_the_token(self, shown: str, counting: None) -> None:
        assert ask(Authorization=shown)[0] == 404

    def test_is_not_there_where_no_token_is_set(self) -> None:
        assert settings.METRICS_TOKEN == ""
        assert ask(Authorization="Bearer ")[0] == 404
        assert ask()[0] == 404

    def test_opens_to_the_token(self, counting: None) -> None:
        assert ask(Authorization=f"Bearer {TOKEN}")[0] == 200


@pytest.mark.django_db
class TestTold:
    def test_counts_a_request_under_its_route(self, counting: None, posts: None) -> None:
        Client().get("/peraturan/")
        Client().get("/tidak/ada")
        found = samples()
        told = {"method": "GET", "route": "regulations:index", "status": "2xx"}
        routes = {
            dict(labels)["route"]
            for name, labels in found
            if name == "lindung_request_seconds_count"
        }
        assert "none" in routes
        told["route"] = next(each for each in routes if each.endswith("index"))
        assert value(found, "request_seconds_count", **told) == 1
        assert value(found, "request_queries_count", route=told["route"]) == 1

    def test_counts_runs_and_failures_of_a_job(self, counting: None) -> None:
        @job()
        def works() -> None:
            with connection.cursor() as cursor:
                cursor.execute("select 1")

        @job()
        def fails() -> None:
            raise RuntimeError

        works()
        with pytest.raises(RuntimeError):
            fails()
        found = samples()
        ran = {dict(labels)["job"]: count for (name, labels), count in found.items()
               if name == "lindung_job_seconds_count"}  # fmt: skip
        failed = [dict(labels)["job"] for (name, labels) in found
                  if name == "lindung_job_failures_total"]  # fmt: skip
        assert sorted(each.rpartition(".")[2] for each in ran) == ["fails", "works"]
        assert [each.rpartition(".")[2] for each in failed] == ["fails"]

    def test_counts_slow_statements(self, counting: None) -> None:
        with override_settings(SLOW_STATEMENT_MS=0):
            Client().get("/p3mi/")
        assert any(name == "lindung_slow_statements_total" for name, _ in samples())


@pytest.mark.django_db
class TestAsked:
    def test_jobs_that_are_due(self, counting: None) -> None:
        enqueue("outreach.deliver", message_id="1")
        enqueue("outreach.deliver", message_id="2", at=NOW - timedelta(hours=1))
        enqueue("outreach.deliver", message_id="3", at=NOW + timedelta(hours=1))
        found = samples()
        due = {"job": "outreach.deliver", "queue": "default"}
        assert value(found, "jobs_waiting", **due) == 2
        assert value(found, "jobs_late_seconds", **due) == 3600

    def test_jobs_without_a_day_wait_since_they_came_in(self, counting: None) -> None:
        enqueue("outreach.deliver", message_id="1")
        with acting_as(ROBOT), connection.cursor() as cursor:
            came = NOW - timedelta(minutes=10)
            cursor.execute("update procrastinate_events set at = %s", [came])
        late = value(samples(), "jobs_late_seconds", job="outreach.deliver", queue="default")
        assert late == 600

    def test_no_job_waiting_is_a_number_too(self, counting: None) -> None:
        assert value(samples(), "jobs_waiting", job="none", queue="default") == 0

    def test_what_waits_with_a_partner(self, counting: None, scene: Scene) -> None:
        with scene():
            partner = row_of(Partner, ANA, code="xx-uji", node="urn:xx", adapter="http")
            old = NOW - timedelta(hours=2)
            for given in ({"state": "waiting"}, {"state": "waiting"}, {"state": "dead"}):
                row_of(Outgoing, ANA, partner=partner, written_at=old, next_at=old,
                       sequence=None, **given)  # fmt: skip
            row_of(Incoming, ANA, partner=partner, came_at=old, state="matching", sequence=None)
        found = samples()
        assert value(found, "outbox_waiting", partner="xx-uji", state="waiting") == 2
        assert value(found, "outbox_oldest_seconds", partner="xx-uji", state="waiting") == 7200
        assert value(found, "outbox_dead", partner="xx-uji") == 1
        assert value(found, "inbox_waiting", partner="xx-uji", state="matching") == 1
        assert value(found, "inbox_oldest_seconds", partner="xx-uji", state="matching") == 7200
        assert value(found, "partner_halted", partner="xx-uji") in {0, 1}

    def test_a_call_for_help_that_nobody_took(self, counting: None, scene: Scene) -> None:
        began = NOW - timedelta(minutes=20)
        with scene():
            row_of(Call, ANA, state="ringing", began_at=began, next_at=NOW, stood_down_at=None,
                   contacted_at=None, contact_due_at=began + timedelta(minutes=5))  # fmt: skip
        found = samples()
        assert value(found, "sos_ringing") == 1
        assert value(found, "sos_oldest_ringing_seconds") == 1200
        assert value(found, "sos_contact_late") == 1

    def test_no_call_is_a_number_too(self, counting: None) -> None:
        found = samples()
        assert (value(found, "sos_ringing"), value(found, "sos_oldest_ringing_seconds")) == (0, 0)

    def test_the_last_pass_of_the_signals(self, counting: None, scene: Scene) -> None:
        with scene():
            Pass.objects.create(on=NOW.date(), began_at=NOW - timedelta(hours=30), seconds=7.5)
        found = samples()
        assert value(found, "signals_pass_age_seconds") == 30 * 3600
        assert value(found, "signals_pass_seconds") == 7.5

    def test_what_of_the_journal_is_not_sealed(self, counting: None, posts: None) -> None:
        before = value(samples(), "journal_unsealed")
        cast.worker()
        found = samples()
        assert value(found, "journal_unsealed") > before
        assert value(found, "journal_months_ahead") >= 1
        assert value(found, "journal_beyond") == 0

    def test_the_mark_of_a_backup(self, counting: None, tmp_path: Path) -> None:
        mark = tmp_path / "last-backup"
        with override_settings(BACKUP_MARK=mark):
            assert ("lindung_backup_age_seconds", ()) not in samples()
            mark.touch()
            os.utime(mark, (NOW.timestamp() - 86400,) * 2)
            assert value(samples(), "backup_age_seconds") == pytest.approx(86400, abs=1)

    def test_the_end_of_a_certificate_and_the_age_of_keys(
        self, counting: None, tmp_path: Path
    ) -> None:
        file = tmp_path / "tls.pem"
        file.write_bytes(_certificate(days=10))
        with override_settings(CERTIFICATES=[str(file)]):
            found = samples()
        left = value(found, "certificate_left_seconds", certificate="tls.pem")
        assert left == pytest.approx(10 * 86400, abs=1)
        assert value(found, "key_age_seconds", key="journal") >= 0

    def test_a_group_that_fails_takes_no_other_with_it(self, counting: None) -> None:
        def broken(now: object) -> Iterator[state.Found]:
            raise DatabaseError("gone")
            yield

        with mock.patch.dict(state._groups, {"signals": broken}):
            found = samples()
        assert value(found, "not_asked", group="signals") == 1
        assert value(found, "not_asked", group="jobs") == 0
        assert value(found, "sos_ringing") == 0

    def test_hold_names_of_code_and_partners_alone(self, counting: None, posts: None) -> None:
        who = cast.worker()
        Client().get(f"/pekerja/{who.id}/")
        _, text = ask(Authorization=f"Bearer {TOKEN}")
        assert str(who.id) not in text
        assert "Siti" not in text


class TestCatalogue:
    def test_names_each_measure_once(self) -> None:
        every = [each.name for each in catalogue.MEASURES]
        assert len(every) == len(set(every))

    def test_counters_end_as_prometheus_stores_them(self) -> None:
        for each in catalogue.MEASURES:
            assert each.name.endswith("_total") is (each.kind == "counter"), each.name


class TestManyProcesses:
    CODE = """
import django; django.setup()
from lindung.kernel.trail import Trail, follow
from lindung.site.seeing import measures
for each in range(%d):
    with follow(Trail("request", "home", method="GET")): pass
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
import os, sys
told = CollectorRegistry(); MultiProcessCollector(told, path=os.environ["PROMETHEUS_MULTIPROC_DIR"])
print(generate_latest(told).decode())
if len(sys.argv) > 1:
    print("ready", flush=True); sys.stdin.read()
"""

    def run(self, env: dict[str, str], count: int, *more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", self.CODE % count, *more], env=env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def test_are_added_up_while_one_of_them_lives(self, tmp_path: Path, keys: Path) -> None:
        token = tmp_path / "token"
        token.write_text(TOKEN)
        env = os.environ | {
            "LINDUNG_METRICS_TOKEN_FILE": str(token),
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
            "LINDUNG_HOME": str(tmp_path), "LINDUNG_KEYS": str(settings.KEYS),
            "DJANGO_SETTINGS_MODULE": "lindung.site.settings.test",
        }  # fmt: skip
        line = 'lindung_request_seconds_count{method="GET",route="home",status="2xx"} '
        with self.run(env, 2, "stay") as living:
            assert living.stdout is not None
            while "ready" not in living.stdout.readline():
                pass
            told, _ = self.run(env, 3).communicate(timeout=60)
            assert f"{line}5.0" in told
            told, _ = self.run(env, 1).communicate(timeout=60)
            assert f"{line}6.0" in told
            living.communicate()
        told, _ = self.run(env, 1).communicate(timeout=60)
        assert f"{line}1.0" in told  # nobody of before lives: counted anew


def _certificate(*, days: int) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "uji")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(key, None)
    )
    return made.public_bytes(serialization.Encoding.PEM)
