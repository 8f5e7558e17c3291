"""Journeys: what people do, in their own words, in Chromium, against the whole running service.

``service.py`` starts Lindung as a newcomer does, ``./lindung up``, in a folder of its own: real
database, web server, job worker and destination's simulator; ``gateway.py`` stands beside it as the
SMS gateway. ``people.py`` has the people, ``phone.py`` a worker's telephone, ``reaching.py`` all that
somebody can reach. Each clicks, types and reads, and every page they come to is checked for
accessibility (axe, WCAG 2.2 AA), for sideways scrolling and for errors in the console.

    ./lindung test tests/journeys                        # all of them
    LINDUNG_PICTURES=1 ./lindung test tests/journeys     # and take the pictures of docs/pictures/

``LINDUNG_JOURNEY_URL`` and ``LINDUNG_JOURNEY_HOME`` lead the journeys to a demo service that already
runs, while one writes them; it needs the settings that ``gateway.py`` gives for the port 11 above its
own. Without Chromium (``LINDUNG_CHROMIUM``) they are skipped, except in CI.
"""
