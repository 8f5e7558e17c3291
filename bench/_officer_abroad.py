"""An officer of the post of ``_people_abroad``, signed in: ``python -m bench._officer_abroad``, as owner.

Prints the key of the session.
"""

from __future__ import annotations


def main() -> None:
    """Account, second factor, duty and session."""
    import django

    django.setup()
    from datetime import date
    from importlib import import_module

    from allauth.mfa.models import Authenticator
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from lindung.access.models import Account, Duty
    from lindung.kernel.ids import new_id

    account = Account(id=new_id(), username="bench", display_name="Rina Bench", is_demo=True)
    account.set_unusable_password()
    account.save(force_insert=True)
    # Never asked for: the session below is of somebody who has given it.
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": ""})
    Duty.objects.create(account=account, role="attache", post_id=1, valid_from=date(2020, 1, 1))
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    print(session.session_key)


if __name__ == "__main__":
    main()
