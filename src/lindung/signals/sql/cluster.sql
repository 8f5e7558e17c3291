-- People in trouble among all, by party: an alert nobody called false, or a case of the last year. Each kind of
-- party of a country has its peers; their sums come along, so that rates can be shrunk towards them.
with troubled as materialized (
    select a.worker_id from signals_alert a
    where a.worker_id is not null and a.gone_on is null and a.outcome <> 'false_alarm'
    union
    select c.worker_id from protection_case c where c.opened_at >= %(on)s::date - %(t_case_days)s::int
),
people as (
    select s.employer_id, s.agency_id, s.cell, s.post_id, s.country, t.worker_id is not null as hit
    from registry_workerstate s left join troubled t on t.worker_id = s.worker_id
    where s.stage = 'during'
),
counted as materialized (
    select case when grouping(employer_id) = 0 then 'employer' when grouping(agency_id) = 0 then 'agency' else 'place' end as party,
           employer_id, agency_id, cell, country,
           min(post_id) as post, min(post_id) = max(post_id) and count(post_id) = count(*) as one_post,
           count(*) as n, count(*) filter (where hit) as x
    from people
    group by grouping sets ((country, employer_id), (country, agency_id), (country, cell))
),
known as (
    select party, coalesce(employer_id::text, agency_id::text, cell::text) as key, country,
           case when one_post then post end as post_id, n, x
    from counted
    where coalesce(employer_id::text, agency_id::text, cell::text) is not null
    union all
    -- Brokers are known by what was paid to them.
    select 'broker', lower(trim(c.payee_name)), '',
           case when min(c.post_id) = max(c.post_id) and count(c.post_id) = count(*) then min(c.post_id) end,
           count(distinct c.worker_id), count(distinct t.worker_id)
    from costs_charge c left join troubled t on t.worker_id = c.worker_id
    where c.payee = 'broker' and c.state = 'stands' and trim(c.payee_name) <> ''
    group by lower(trim(c.payee_name))
),
peers as (
    select party, country, count(*) as g, sum(n) as n_all, sum(x) as x_all,
           sum(n * n) as nn, sum(x::numeric * x / n) filter (where x > 0) as xx
    from known group by 1, 2
)
select k.party, k.key, k.country, k.post_id, k.n, k.x, p.g, p.n_all, p.x_all, p.nn, p.xx
from known k join peers p using (party, country)
where k.x >= %(t_least)s::int
