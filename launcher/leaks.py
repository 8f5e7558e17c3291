"""``./lindung check secrets``: keys and passwords that were written into the repository.

Rules of detect-secrets that know the shape of a secret; a guess by entropy would find every digest
of the lock files and of the law. A line that only looks like one says ``pragma: allowlist secret``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RULES = (
    "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "GitHubTokenDetector",
    "GitLabTokenDetector", "JwtTokenDetector", "NpmDetector", "OpenAIDetector", "PrivateKeyDetector",
    "PypiTokenDetector", "SendGridDetector", "SlackDetector", "StripeDetector",
    "TelegramBotTokenDetector", "TwilioKeyDetector",
)  # fmt: skip
# Pictures, and locks that hold nothing but digests.
PASSED_OVER = (".png", ".jpg", ".woff2", ".mo", "requirements/base.txt", "requirements/dev.txt")


def main() -> int:
    """Look through every file that git knows; 1 where one holds a secret."""
    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.settings import transient_settings

    plugins = {
        "plugins_used": [{"name": name} for name in RULES],
        "filters_used": [{"path": "detect_secrets.filters.allowlist.is_line_allowlisted"}],
    }
    found = SecretsCollection()
    with transient_settings(plugins):
        for name in _files():
            if not name.endswith(PASSED_OVER):
                found.scan_file(str(ROOT / name))
    for file, each in found:
        print(f"{Path(file).relative_to(ROOT)}:{each.line_number}: {each.type}")
    return int(bool(found))


def _files() -> list[str]:
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return told.stdout.splitlines()


if __name__ == "__main__":
    sys.exit(main())
