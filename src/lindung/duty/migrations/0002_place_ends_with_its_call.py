"""A point on the map never outlives the call it was shared for, whoever ends the call and how."""

from django.db import migrations

MADE = """
create function duty_forget_places() returns trigger
language plpgsql security definer set search_path = public as $$
begin
    delete from duty_sharedplace where call_id = new.id;
    return null;
end $$;
revoke execute on function duty_forget_places() from public;
create trigger call_over_forgets_places
    after update of state on duty_call for each row
    when (new.state = 'stood_down' and old.state <> 'stood_down')
    execute function duty_forget_places();
"""
UNDONE = """
drop trigger call_over_forgets_places on duty_call;
drop function duty_forget_places();
"""


class Migration(migrations.Migration):
    dependencies = (("duty", "0001_tables"),)
    operations = (migrations.RunSQL(MADE, UNDONE),)
