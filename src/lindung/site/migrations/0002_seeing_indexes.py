"""What the measures count by: small indexes of what is stuck, whatever the size of the tables.

Of several apps' tables, so they stand with the page that needs them. Built beside the running service.
"""

from django.db import migrations

INDEXES = {
    "seeing_outgoing_dead": "exchange_outgoing (partner_id) where state = 'dead'",
    "seeing_message_waiting": "outreach_message (channel, made_at) where state = 'waiting'",
    "seeing_handler_errors": "access_handlererror (at) where settled_at is null",
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = (
        ("access", "0003_journal"),
        ("exchange", "0004_keys_and_repair"),
        ("outreach", "0003_channels"),
        ("site", "0001_desk_indexes"),
    )
    operations = tuple(
        migrations.RunSQL(
            f"create index concurrently if not exists {name} on {columns}",
            f"drop index concurrently if exists {name}",
        )
        for name, columns in INDEXES.items()
    )
