"""The banner of calls for help leads to the call, whoever called."""

from __future__ import annotations

import re

import pytest

from lindung.access.models import JournalEntry, Post
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.protection import operations as protection
from tests import cast
from tests.conftest import Scene
from tests.site.test_closed_pages import signed_in

pytestmark = pytest.mark.usefixtures("posts", "places")


@pytest.mark.parametrize("known", [True, False])
def test_leads_to_a_page_that_answers(scene: Scene, known: bool) -> None:
    if known:
        who = cast.worker()
        cast.arrived(who)
        protection.call_for_help(cast.self_of(who.id), who.id, at=cast.NOW)
    else:
        protection.ring_for_unknown(
            ROBOT, new_id(), about=JournalEntry(post_id=cast.SEOUL), channel="sms", at=cast.NOW
        )
    with scene():
        post = Post.objects.get(id=cast.SEOUL)
    desk = signed_in(scene, role="attache", post=post)
    page = desk.get("/").content.decode()
    banner = re.search(r'class="sos".*?href="([^"]+)"', page, re.DOTALL)
    assert banner is not None
    assert desk.get(banner.group(1)).status_code == 200
