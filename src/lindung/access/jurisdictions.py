"""Which post is in charge of whom: dated data, since borders between posts move."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from lindung.access.models import Jurisdiction, Post
from lindung.access.ready import Given, Question
from lindung.kernel.clock import Workweek

_POST = Question(lambda: Post.objects.filter(id=Given("id")))


def post_in_charge(country: str, *, region: str = "", sector: str = "", on: date) -> int | None:
    """The post for a place and kind of work on that day; the narrowest jurisdiction wins.

    Args:
        country: ISO 3166-1 alpha-2 of the country of work.
        region: ISO 3166-2 of the workplace, where known.
    """
    open_then = Jurisdiction.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), country=country, valid_from__lte=on
    )
    fitting = [
        each for each in open_then if each.region in {"", region} and each.sector in {"", sector}
    ]
    if not fitting:
        return None
    narrowest = max(fitting, key=lambda each: (bool(each.region), bool(each.sector)))
    return narrowest.post_id


def workweek_of(post_id: int | None) -> Workweek | None:
    """The calendar on which a post's clocks run, or ``None`` where no post is in charge."""
    post = _POST.first(id=post_id) if post_id is not None else None
    return Workweek(country=post.country, timezone=post.timezone) if post else None
