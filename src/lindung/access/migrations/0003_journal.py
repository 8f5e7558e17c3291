"""The journal: partitioned by month, append-only by trigger for everyone, the owner included."""

from django.db import migrations

JOURNAL = """
create function access.journal_epoch() returns smallint language sql immutable parallel safe
    as $$ select 1::smallint $$;

create table access_journal (
    id uuid not null,
    at timestamptz not null,
    type text not null,
    subject uuid,
    worker_id uuid,
    actor_id uuid not null,
    actor_kind text not null,
    actor_name text not null,
    actor_office text not null,
    post_id smallint,
    agency_id uuid,
    region text not null,
    country text not null,
    basis text not null,
    payload jsonb not null,
    leaf bytea not null,
    -- Which transaction wrote it, and since which restore transactions are counted.
    xid xid8 not null default pg_current_xact_id(),
    epoch smallint not null default access.journal_epoch(),
    primary key (id, at)
) partition by range (at);

create index access_journal_worker on access_journal (worker_id, at desc);
create index access_journal_post on access_journal (post_id, at desc);
create index access_journal_subject on access_journal (subject, at desc);
create index access_journal_xid on access_journal (epoch, xid);

-- Entries brought in from before the service began, and a net below the months made ahead.
create table access_journal_before partition of access_journal
    for values from (minvalue) to ('2026-01-01');
create table access_journal_beyond partition of access_journal default;

-- Makes the month's partition where it is missing; the nightly job calls it for months ahead.
create function access.journal_month(month date) returns void language plpgsql
    security definer set search_path = public, pg_temp as $$
declare
    name text := 'access_journal_' || to_char(month, 'YYYY_MM');
begin
    if to_regclass(name) is null then
        execute format(
            'create table %I partition of access_journal for values from (%L) to (%L)',
            name, date_trunc('month', month), date_trunc('month', month) + interval '1 month');
    end if;
end
$$;
select access.journal_month(month::date)
    from generate_series(date '2026-01-01', date '2027-12-01', interval '1 month') month;

create function access.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the journal is append-only: % on % is refused', tg_op, tg_table_name
        using hint = 'A correction is a new entry that names the one it corrects.';
end
$$;
create trigger access_journal_append_only before update or delete on access_journal
    for each row execute function access.refuse_change();
create trigger access_journal_keep before truncate on access_journal
    for each statement execute function access.refuse_change();
create trigger access_seal_append_only before update or delete on access_seal
    for each row execute function access.refuse_change();
create trigger access_seal_keep before truncate on access_seal
    for each statement execute function access.refuse_change();
"""
UNDO = """
drop table access_journal cascade;
drop function access.journal_month(date);
drop function access.refuse_change() cascade;
drop function access.journal_epoch();
"""


class Migration(migrations.Migration):
    dependencies = (("access", "0002_scope_functions"),)
    operations = (migrations.RunSQL(JOURNAL, UNDO),)
