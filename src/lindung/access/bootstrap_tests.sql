-- Only for a throw-away test server: one login that can both set a scene as the owner and act
-- as the application, so that scene and act share one transaction that a test rolls back.
do $$
begin
    if not exists (select from pg_roles where rolname = 'lindung_test') then
        create role lindung_test login noinherit createdb;
    end if;
end
$$;
grant lindung_owner to lindung_test;
grant acts_as_door, acts_as_post, acts_as_agency, acts_as_office, acts_as_ministry, acts_as_worker,
    acts_as_family, acts_as_public, acts_as_partner, acts_as_clock to lindung_test;
