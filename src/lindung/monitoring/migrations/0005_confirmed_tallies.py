"""People abroad by the day they were last confirmed, kept with every change of a state.

By triggers, since a state is written from many places and in bulk, and a total that one of them
forgets is wrong without anybody seeing it. A change that concerns no total costs no call.
"""

from django.db import migrations

MADE = """
create function monitoring_tally_state() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into monitoring_tally (post_id, country, what, day, n, fresh)
    select post_id, '', 'k', confirmed_on, n, true
      from (values (old.stage, old.post_id, old.confirmed_on, -1),
                   (new.stage, new.post_id, new.confirmed_on, 1)) as t(stage, post_id, confirmed_on, n)
     where stage = 'during';
    return null;
end $$;
create function monitoring_tally_states() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'TRUNCATE' then
        delete from monitoring_tally where what = 'k';
        return null;
    end if;
    insert into monitoring_tally (post_id, country, what, day, n, fresh)
    select post_id, '', 'k', confirmed_on,
           case when tg_op = 'DELETE' then -count(*) else count(*) end, true
      from changed where stage = 'during' group by post_id, confirmed_on;
    return null;
end $$;
revoke execute on function monitoring_tally_state(), monitoring_tally_states() from public;
create trigger state_tallied after update of stage, post_id, confirmed_on
    on registry_workerstate for each row
    when ((old.stage = 'during' or new.stage = 'during')
          and (old.stage, old.post_id, old.confirmed_on)
              is distinct from (new.stage, new.post_id, new.confirmed_on))
    execute function monitoring_tally_state();
create trigger states_tallied after insert on registry_workerstate
    referencing new table as changed for each statement execute function monitoring_tally_states();
create trigger states_untallied after delete on registry_workerstate
    referencing old table as changed for each statement execute function monitoring_tally_states();
create trigger states_emptied after truncate on registry_workerstate
    for each statement execute function monitoring_tally_states();
insert into monitoring_tally (post_id, country, what, day, n, fresh)
select post_id, '', 'k', confirmed_on, count(*), false
  from registry_workerstate where stage = 'during' group by post_id, confirmed_on;
-- With nobody in it, the book of a new service has been counted.
insert into monitoring_recount (id, began_at, ended_at, people, wrong)
select gen_random_uuid(), now(), now(), 0, 0 where not exists (select from registry_worker);
"""
UNDONE = """
drop trigger state_tallied on registry_workerstate;
drop trigger states_tallied on registry_workerstate;
drop trigger states_untallied on registry_workerstate;
drop trigger states_emptied on registry_workerstate;
drop function monitoring_tally_state(), monitoring_tally_states();
delete from monitoring_tally where what = 'k';
"""


class Migration(migrations.Migration):
    dependencies = (("monitoring", "0004_book"), ("registry", "0007_state_employer"))
    operations = (migrations.RunSQL(MADE, UNDONE),)
