"""Functions that row policies compare with: the scope of whoever acts, from the transaction."""

from django.db import migrations

FUNCTIONS = """
create schema access;
create function access.actor() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('lindung.actor', true), '')::uuid $$;
create function access.posts() returns smallint[] language sql stable parallel safe
    as $$ select coalesce(nullif(current_setting('lindung.posts', true), ''), '{}')::smallint[] $$;
create function access.agency() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('lindung.agency', true), '')::uuid $$;
create function access.regions() returns text[] language sql stable parallel safe
    as $$ select coalesce(nullif(current_setting('lindung.regions', true), ''), '{}')::text[] $$;
create function access.worker() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('lindung.worker', true), '')::uuid $$;
create function access.country() returns text language sql stable parallel safe
    as $$ select nullif(current_setting('lindung.country', true), '') $$;
"""


class Migration(migrations.Migration):
    dependencies = (("access", "0001_posts_accounts_seals"),)
    operations = (migrations.RunSQL(FUNCTIONS, "drop schema access cascade"),)
