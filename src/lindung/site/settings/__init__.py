"""Settings: ``base`` serves demo and production by environment, ``test`` the tests."""
