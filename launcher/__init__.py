"""What stands behind ``./lindung``.

Standard library only, since it runs before anything is set up.
"""
