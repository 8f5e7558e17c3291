"""What the service is made of is said in full, and what nobody looked at is found."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from lindung.site.supply.audit import Finding, advisories, licences
from lindung.site.supply.packages import Package, packages

ROOT = Path(settings.ROOT)


class TestTheBill:
    def test_names_every_locked_package_with_its_digests(self) -> None:
        out = StringIO()
        call_command("sbom", stdout=out)
        told = json.loads(out.getvalue())
        assert told["bomFormat"] == "CycloneDX"
        purls = {each["purl"] for each in told["components"]}
        assert {str(each.purl) for each in packages(ROOT)} == purls
        assert any(each.startswith("pkg:npm/htmx.org@") for each in purls)
        assert any(each.startswith("pkg:pypi/django@") for each in purls)
        assert all(each["hashes"] for each in told["components"])


class TestLicences:
    def test_of_all_packages_are_on_the_list(self) -> None:
        assert list(licences(packages(ROOT), ROOT)) == []

    @pytest.mark.parametrize("licence", ["", "SSPL-1.0", "AGPL-3.0-only", "MIT AND SSPL-1.0"])
    def test_that_nobody_allowed_are_found(self, licence: str) -> None:
        (found,) = licences([Package("pypi", "new-thing", "1.0", licence=licence)], ROOT)
        assert found.package == "new-thing"


def advisory(**affected: Any) -> list[dict[str, Any]]:
    package = {"ecosystem": "PyPI", "name": "Some_Thing"}
    return [
        {"id": "PYSEC-1", "modified": "2026-11-01T00:00:00Z", "affected": [{"package": package} | affected]}
    ]  # fmt: skip


class TestAdvisories:
    def found(self, tmp_path: Path, version: str, **affected: Any) -> list[Finding]:
        file = tmp_path / "osv.json"
        file.write_text(json.dumps(advisory(**affected)))
        day, against = advisories([Package("pypi", "some-thing", version)], file)
        assert str(day) == "2026-11-01"
        return against

    def test_hit_a_version_within_a_range(self, tmp_path: Path) -> None:
        ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "1.2"}, {"fixed": "2.0"}]}]
        assert self.found(tmp_path, "1.9", ranges=ranges)
        assert not self.found(tmp_path, "1.1", ranges=ranges)
        assert not self.found(tmp_path, "2.0", ranges=ranges)

    def test_hit_a_version_that_is_named(self, tmp_path: Path) -> None:
        assert self.found(tmp_path, "3.1", versions=["3.1"])
        assert not self.found(tmp_path, "3.2", versions=["3.1"])

    def test_that_were_not_asked_are_said_so(self) -> None:
        out, err = StringIO(), StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("audit", stdout=out, stderr=err)
        assert ended.value.code == 2
        assert "NOT ASKED" in err.getvalue()

    def test_that_cannot_be_read_stop_the_command(self, tmp_path: Path) -> None:
        file = tmp_path / "osv.json"
        file.write_text("{")
        with pytest.raises(CommandError):
            call_command("audit", "--advisories", str(file), stdout=StringIO())

    def test_with_nothing_against_us_end_well(self, tmp_path: Path) -> None:
        file = tmp_path / "osv.json"
        file.write_text(json.dumps(advisory(versions=["9"])))
        out = StringIO()
        call_command("audit", "--advisories", str(file), stdout=out)
        assert "advisories as of 2026-11-01: nothing found" in out.getvalue()


class TestSecretsInTheRepository:
    def test_are_found(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from launcher import leaks

        begins = "-----BEGIN " + "RSA PRIVATE KEY-----"
        (tmp_path / "a.txt").write_text(f"{begins}\nMIIEpAIBAAKCAQEA\n")
        monkeypatch.setattr(leaks, "ROOT", tmp_path)
        monkeypatch.setattr(leaks, "_files", lambda: ["a.txt"])
        assert leaks.main() == 1
        (tmp_path / "a.txt").write_text("no key\n")
        assert leaks.main() == 0
