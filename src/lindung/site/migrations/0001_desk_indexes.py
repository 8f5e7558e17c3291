"""What the queue and the lists beside it are read by, in their order.

Of several apps' tables, so they stand with the desk that needs them; without them everything is right
and slow. Built beside the running service.
"""

from django.db import migrations

_DUE = "(case when answered_at is null then answer_due_at else due_at end)"
_OPEN = "where closed_at is null"
_WAITING = "where state in ('contracted', 'authorised')"
INDEXES = {
    "desk_case_post": f"protection_case (post_id, {_DUE}, id) {_OPEN}",
    "desk_case_all": f"protection_case ({_DUE}, id) {_OPEN}",
    "desk_task_all": "registry_task (due_at, id) where state = 'open'",
    "desk_clearance_region": f"placement_placement (region, id) {_WAITING}",
    "desk_clearance_agency": f"placement_placement (agency_id, id) {_WAITING}",
    "desk_clearance_post": f"placement_placement (post_id, id) {_WAITING}",
    "desk_clearance_all": f"placement_placement (id) {_WAITING}",
    "desk_terms_ending": "placement_contractterms (post_id, ends_on, worker_id) where live",
}


class Migration(migrations.Migration):
    atomic = False
    initial = True
    dependencies = (
        ("placement", "0007_milestone_reference"),
        ("protection", "0003_casework"),
        ("registry", "0003_tables"),
    )
    operations = tuple(
        migrations.RunSQL(
            f"create index concurrently if not exists {name} on {columns}",
            f"drop index concurrently if exists {name}",
        )
        for name, columns in INDEXES.items()
    )
