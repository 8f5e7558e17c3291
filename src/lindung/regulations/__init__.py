"""What a rule says on a given day, and its source.

The law lives in files (``/regulations``), is loaded once per process into frozen structures and
needs no database. Where to look:

- ``lawbook``: the loaded files, :class:`Provision` and :class:`DatedValue`
- ``verdicts``: one found value against one rule
- ``contracts``: a whole employment contract against the rules of both countries
- ``pathways``: what a placement needs before it may leave
"""
