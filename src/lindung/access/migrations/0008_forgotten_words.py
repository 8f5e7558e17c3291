"""The words of entries about erased people can be taken out, by one function and by nothing else."""

from django.db import migrations, models

FORGET = """
create trigger access_forgotten_append_only before update or delete on access_forgotten
    for each row execute function access.refuse_change();

-- The one change that an entry can see: its words and, where a person acted in their own matter, the
-- name are emptied, once the entry is listed as forgotten. Everything else of it stays.
create function access.refuse_change_of_entry() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE'
       and new.payload = '{}'::jsonb
       and (new.actor_name = old.actor_name
            or (new.actor_name = '' and old.actor_kind in ('worker', 'family')))
       and row(new.id, new.at, new.type, new.subject, new.worker_id, new.actor_id, new.actor_kind,
               new.actor_office, new.post_id, new.agency_id, new.region, new.country, new.basis,
               new.leaf, new.xid, new.epoch)
           is not distinct from
           row(old.id, old.at, old.type, old.subject, old.worker_id, old.actor_id, old.actor_kind,
               old.actor_office, old.post_id, old.agency_id, old.region, old.country, old.basis,
               old.leaf, old.xid, old.epoch)
       and exists (select from access_forgotten where entry_id = old.id)
    then
        return new;
    end if;
    raise exception 'the journal is append-only: % on % is refused', tg_op, tg_table_name
        using hint = 'A correction is a new entry that names the one it corrects.';
end
$$;
drop trigger access_journal_append_only on access_journal;
create trigger access_journal_append_only before update or delete on access_journal
    for each row execute function access.refuse_change_of_entry();

create function access.journal_forget(ids uuid[]) returns void language sql
    security definer set search_path = public, pg_temp as $$
    update access_journal entry
    set payload = '{}'::jsonb,
        actor_name = case when actor_kind in ('worker', 'family') then '' else actor_name end
    from access_forgotten gone
    where gone.entry_id = entry.id and entry.id = any(ids)
$$;
"""
UNDO = """
drop function access.journal_forget(uuid[]);
drop trigger access_journal_append_only on access_journal;
create trigger access_journal_append_only before update or delete on access_journal
    for each row execute function access.refuse_change();
drop function access.refuse_change_of_entry();
"""


class Migration(migrations.Migration):
    dependencies = (("access", "0007_desk"),)
    operations = (
        migrations.CreateModel(
            name="Forgotten",
            fields=[
                ("entry_id", models.UUIDField(primary_key=True, serialize=False)),
                ("erasure", models.UUIDField()),
                ("batch", models.IntegerField()),
                ("kept", models.BinaryField(max_length=32)),
            ],
            options={
                "indexes": [models.Index(fields=["erasure", "batch"], name="forgotten_batch")],
            },
        ),
        migrations.RunSQL(FORGET, UNDO),
    )
