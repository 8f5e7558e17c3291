-- Makes the database roles of Lindung. Run once by a superuser (or the DBA of a managed server):
--     psql -v ON_ERROR_STOP=1 -f bootstrap.sql postgres
-- It can run again at any time. Passwords, where the server asks for them, are set apart:
--     ALTER ROLE lindung_app PASSWORD '…';

-- Who logs in ------------------------------------------------------------------------------
do $$
begin
    if not exists (select from pg_roles where rolname = 'lindung_owner') then
        -- Owns the tables and migrates. BYPASSRLS: bound by a policy it would see empty tables
        -- and a data migration would silently do nothing.
        create role lindung_owner login bypassrls;
    end if;
    if not exists (select from pg_roles where rolname = 'lindung_app') then
        -- Serves. NOINHERIT and no grants of its own: until it has become one of the roles
        -- below, every table answers "permission denied".
        create role lindung_app login noinherit;
    end if;
end
$$;

-- As whom it acts --------------------------------------------------------------------------
-- One role per kind of actor; the policies compare a bare column with that kind's scope.
do $$
declare
    kind text;
begin
    foreach kind in array array[
        'door',      -- nobody is signed in yet: accounts and sessions only
        'post', 'agency', 'office', 'ministry',
        'worker', 'family', 'public',
        'partner', 'clock'
    ]
    loop
        if not exists (select from pg_roles where rolname = 'acts_as_' || kind) then
            execute format('create role %I nologin', 'acts_as_' || kind);
        end if;
        -- The owner may act as anybody too, to bring in old files through the same operations;
        -- once it does, that kind's policies bind it.
        execute format('grant %I to lindung_app, lindung_owner', 'acts_as_' || kind);
    end loop;
end
$$;

-- What the server counts of everybody's statements, without values; `slow_queries` reads it.
grant pg_read_all_stats to lindung_owner;

-- The application's connections begin at the door.
alter role lindung_app set role = 'acts_as_door';
alter role lindung_app set statement_timeout = '30s';
alter role lindung_app set idle_in_transaction_session_timeout = '60s';
alter role lindung_owner set lock_timeout = '5s';
