"""Which app has an address: told by its first word, before any of the app's patterns is tried."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from types import ModuleType

from django.urls import URLPattern, URLResolver
from django.urls.exceptions import Resolver404
from django.urls.resolvers import ResolverMatch, RoutePattern


class Pages(URLResolver):
    """An app's addresses that share no beginning; each of their first words is the app's own door.

    There are some hundred addresses, and Django tries one after another, twice at each request.
    """

    def __init__(self, addresses: ModuleType) -> None:
        super().__init__(RoutePattern("", is_endpoint=False), addresses)

    def resolve(self, path: str) -> ResolverMatch:
        """The page of this address.

        Raises:
            Resolver404: it is none of these.
        """
        if self._words is not None and str(path).partition("/")[0] not in self._words:
            raise Resolver404({"tried": [], "path": path})
        return super().resolve(path)

    @cached_property
    def _words(self) -> frozenset[str] | None:
        return first_words(self.url_patterns)


def first_words(patterns: Iterable[URLPattern | URLResolver]) -> frozenset[str] | None:
    """The words that the patterns' addresses begin with; None where one may begin with any."""
    found: set[str] = set()
    for each in patterns:
        if not isinstance(each.pattern, RoutePattern):
            return None
        word, slash, _ = str(each.pattern).partition("/")
        if isinstance(each, URLResolver) and not word and not slash:
            inner = first_words(each.url_patterns)
            if inner is None:
                return None
            found |= inner
        elif "<" in word or (isinstance(each, URLResolver) and not slash):
            return None
        else:
            found.add(word)
    return frozenset(found)
