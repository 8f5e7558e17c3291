"""The key files: made once by the service's own command, readable by this account alone."""

from __future__ import annotations

from launcher import django
from launcher.home import Home
from launcher.say import Voice
from launcher.stamps import Stamps
from launcher.trouble import Trouble


def ensure_keys(home: Home, env: dict[str, str], voice: Voice) -> None:
    """Make the missing key files; needs the Python environment, no database.

    Raises:
        Trouble: the keys were there before and are gone, while data made with them remains.
    """
    stamps = Stamps(home.stamps)
    folder = home.keys
    names = ",".join(sorted(file.name for file in folder.iterdir())) if folder.is_dir() else ""
    if names and stamps.done("keys", f"{folder} {names}"):
        return
    if not names and any(home.stamps.glob("database-*")):
        raise Trouble(
            f"The key files in {folder} are gone, but the database made with them is still there: "
            "put them back from your backup, or remove the whole state folder to begin anew."
        )
    with voice.step("Key files") as step:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        django.manage(home, env, "make_keys", step=step)
        for file in folder.iterdir():
            file.chmod(0o600)
        step.detail = f"in {folder}; keep a copy elsewhere"
    names = ",".join(sorted(file.name for file in folder.iterdir()))
    stamps.set("keys", f"{folder} {names}")
