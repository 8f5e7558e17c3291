"""Settings of the tests: a throw-away server, the same roles and policies as in service."""

import os
import tempfile

# Of several processes that share a run, each has a server and a folder of its own.
if _process := os.environ.get("PYTEST_XDIST_WORKER"):
    for _name in [each for each in os.environ if each.endswith(f"_{_process}")]:
        os.environ[_name.removesuffix(f"_{_process}")] = os.environ[_name]

os.environ.setdefault("LINDUNG_ENV", "test")
os.environ.setdefault("LINDUNG_HOME", tempfile.mkdtemp(prefix="lindung-test-"))
os.environ["DATABASE_URL"] = os.environ.get(
    "LINDUNG_TEST_DATABASE_URL", "postgresql://lindung_test@/lindung"
)

from lindung.site.settings.base import *  # noqa: F403  the one place that inherits settings
from lindung.site.settings.base import DATABASES, STATIC_ROOT, STORAGES

DATABASES["default"]["CONN_MAX_AGE"] = 0
# Tests log in as a role that may become the owner to set a scene; like the application it begins
# at the door.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c role=acts_as_door"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Nothing is collected in tests; whitenoise warns about a folder that is not there.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
