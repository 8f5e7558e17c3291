"""A port that is taken is said in one sentence that names who has it."""

import os
import socket
from collections.abc import Iterator

import pytest

from launcher import django, ports
from launcher.trouble import Trouble


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this very process listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


class TestAPort:
    def test_that_is_taken_names_the_holder_and_another(self, taken: int) -> None:
        with pytest.raises(Trouble) as told:
            ports.need(taken)
        assert f"Port {taken} is taken by" in str(told.value)
        assert f"(process {os.getpid()})" in str(told.value)
        assert f"LINDUNG_PORT={taken + 100}" in str(told.value)
        assert "\n" not in str(told.value)

    def test_that_is_free_is_taken_without_a_word(self, taken: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            free = probe.getsockname()[1]
        ports.need(free)
        assert ports.holder(free) == ""

    @pytest.mark.parametrize("text", ["eighty", "0", "-1", "65530", "99999"])
    def test_must_be_a_port(self, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LINDUNG_PORT", text)
        with pytest.raises(Trouble, match="LINDUNG_PORT must be a port number"):
            django.port()

    def test_moves_the_simulator_along(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("LINDUNG_SIMULATOR_URL", raising=False)
        monkeypatch.setenv("LINDUNG_PORT", "9000")
        assert django.simulator_url() == "http://127.0.0.1:9010"
        assert django.simulator_is_ours()

    def test_of_a_simulator_elsewhere_is_not_ours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LINDUNG_SIMULATOR_URL", "https://simulator.example/")
        assert not django.simulator_is_ours()
