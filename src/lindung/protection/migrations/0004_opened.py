"""``access.opened()``: the compartments that the actor may read now.

What lies in the open, what belongs to the work on cases, and each sealed one that the actor opened
with a second person's agreement, or alone in danger of life, until the time is over. It reads the
openings as their owner, since a policy may not depend on the policies of another table.
"""

from django.db import migrations

OPENED = """
create function access.opened() returns uuid[] language sql stable security definer
    set search_path = public, pg_temp as $$
    select array['00000000-0000-0000-0000-000000000000',
                 '00000000-0000-0000-0000-000000000001']::uuid[]
        || coalesce(array_agg(compartment), '{}')
    from protection_opening
    where asker_id = access.actor() and until_at > now() and (agreed or emergency)
      and agreed is not false
$$
"""

# Files of people are also brought in by COPY, which knows neither compartments nor classes. The
# models leave these to Python: a default that the database gives is read back, and what was put
# into a sealed case may not be.
DEFAULTS = """
alter table protection_complaint
    alter compartment set default '00000000-0000-0000-0000-000000000000',
    alter settled_how set default '';
alter table protection_case
    alter compartment set default '00000000-0000-0000-0000-000000000000',
    alter clock_class set default 'information',
    alter duty_role set default 'attache'
"""


class Migration(migrations.Migration):
    dependencies = [("protection", "0003_casework"), ("access", "0002_scope_functions")]
    operations = [
        migrations.RunSQL(OPENED, "drop function access.opened()"),
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
    ]
