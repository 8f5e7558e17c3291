"""PostgreSQL keeps in mind a thousand of the commonest parts of names, not a hundred.

A common name has thousands of people; taken for a rare one, it was looked for in the whole country
and then sieved by region, in six times the time.
"""

from django.db import migrations

MORE = "alter table registry_workertoken alter column token set statistics 1000"
AS_BEFORE = "alter table registry_workertoken alter column token set statistics default"


class Migration(migrations.Migration):
    dependencies = (("registry", "0008_state_post_placed"),)
    operations = (migrations.RunSQL(MORE, AS_BEFORE),)
