"""Lines are off by themselves, and never half on."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from lindung.outreach import lines


@pytest.fixture
def secret(tmp_path: Path) -> str:
    file = tmp_path / "secret"
    file.write_text("rahasia-sekali\n")
    file.chmod(0o600)
    return str(file)


class TestRead:
    def test_has_nothing_on_by_itself(self) -> None:
        assert lines.read({}) == lines.Lines()

    def test_reads_a_whole_line_and_shows_no_secret(self, secret: str) -> None:
        read = lines.read(
            {
                "LINDUNG_SMS": "smpp",
                "LINDUNG_SMPP_HOST": "smsc.test",
                "LINDUNG_SMPP_SYSTEM_ID": "lindung",
                "LINDUNG_SMPP_PASSWORD_FILE": secret,
                "LINDUNG_SMPP_SOURCE": "LINDUNG",
            }
        )
        assert isinstance(read.sms, lines.Smpp)
        assert (read.sms.port, read.sms.password) == (2775, "rahasia-sekali")
        assert "rahasia" not in repr(read)

    @pytest.mark.parametrize(
        ("given", "names"),
        [
            ({"LINDUNG_SMS": "smpp"}, "LINDUNG_SMPP_HOST"),
            (
                {"LINDUNG_SMS": "http", "LINDUNG_SMS_URL": "https://x.test"},
                "LINDUNG_SMS_TOKEN_FILE",
            ),
            ({"LINDUNG_SMS": "pigeon"}, "smpp, http"),
            ({"LINDUNG_SMPP_HOST": "smsc.test"}, "LINDUNG_SMPP_HOST"),
            ({"LINDUNG_WHATSAPP_PHONE_NUMBER_ID": "1"}, "LINDUNG_WHATSAPP_APP_SECRET_FILE"),
            ({"LINDUNG_MAILBOX_AUTHSERV": "mx.test"}, "LINDUNG_MAILBOX"),
        ],
    )
    def test_refuses_half_a_line_and_says_what_is_missing(
        self, given: dict[str, str], names: str
    ) -> None:
        with pytest.raises(ImproperlyConfigured, match=names):
            lines.read(given)

    def test_refuses_a_secret_that_everybody_reads(self, secret: str) -> None:
        Path(secret).chmod(0o644)
        with pytest.raises(ImproperlyConfigured, match="chmod 600"):
            lines.read(
                {
                    "LINDUNG_SMS": "http",
                    "LINDUNG_SMS_URL": "https://x.test",
                    "LINDUNG_SMS_TOKEN_FILE": secret,
                    "LINDUNG_SMS_SECRET_FILE": secret,
                    "LINDUNG_SMS_SOURCE": "X",
                }
            )

    def test_refuses_an_open_address(self, secret: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="https"):
            lines.read({"LINDUNG_SMS": "http", "LINDUNG_SMS_URL": "http://x.test"})
