"""The door for web servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
application = get_wsgi_application()

from lindung.site.demo.guard import refuse_made_up_officials  # noqa: E402  needs Django set up

refuse_made_up_officials()
