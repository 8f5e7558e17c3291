-- People whose placement ended soon after arrival, among those who arrived long enough ago, by party.
with stays as (
    select p.employer_id, p.agency_id, p.country, p.post_id,
           p.ended_on is not null and p.ended_on - p.arrived_on <= %(t_early_days)s::int as hit
    from placement_placement p
    where p.arrived_on between %(on)s::date - %(t_window)s::int and %(on)s::date - %(t_early_days)s::int
),
known as materialized (
    select case when grouping(employer_id) = 0 then 'employer' else 'agency' end as party,
           coalesce(employer_id, agency_id)::text as key, country,
           case when min(post_id) = max(post_id) and count(post_id) = count(*) then min(post_id) end as post_id,
           count(*) as n, count(*) filter (where hit) as x
    from stays
    group by grouping sets ((country, employer_id), (country, agency_id))
    having coalesce(employer_id, agency_id) is not null
),
peers as (
    select party, country, count(*) as g, sum(n) as n_all, sum(x) as x_all,
           sum(n * n) as nn, sum(x::numeric * x / n) filter (where x > 0) as xx
    from known group by 1, 2
)
select k.party, k.key, k.country, k.post_id, k.n, k.x, p.g, p.n_all, p.x_all, p.nn, p.xx
from known k join peers p using (party, country)
where k.x >= %(t_least)s::int
