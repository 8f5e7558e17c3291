-- Whole months whose receipt is below what is due: the contract's wage or the legal floor, and overtime by
-- the diary. Law comes in as rows (dues.py), one for each kind of work and month; without a rule, no part of it.
with weeks as (
    -- Weeks end on Sunday; 1 January 2001 was a Monday.
    select d.worker_id, d.day + 6 - (d.day - date '2001-01-01') %% 7 as ends, sum(d.minutes) as minutes
    from monitoring_diaryday d
    where d.day >= %(first_month)s::date - 7 and d.day < %(this_month)s::date and @who(d.worker_id)
    group by 1, 2
),
over as (
    select k.worker_id, date_trunc('month', k.ends)::date as month,
           sum(greatest(k.minutes - t.weekly * 60, 0)) / 60 as hours
    from weeks k join looked_terms t on t.worker_id = k.worker_id
    where t.weekly is not null and t.signed and t.basic is not null
    group by 1, 2
),
due as (
    select w.worker_id, w.id, w.month, w.amount, w.currency, t.contract_id,
           greatest(t.basic, l.floor)
               * case when o.hours is null then 1 else 1 + coalesce(o.hours * l.overtime, 0) end as total
    from monitoring_wagereport w
    join looked_terms t on t.worker_id = w.worker_id and t.currency = w.currency
    left join over o on o.worker_id = w.worker_id and o.month = w.month
    left join looked_law l on l.kind = t.kind and l.month = w.month
    where w.stands and w.amount is not null and t.signed and t.basic is not null
      and w.month < %(this_month)s::date and w.month >= %(first_month)s::date
      and @who(w.worker_id)
),
less as materialized (
    select d.* from due d where d.amount < d.total * (1 - %(t_tolerance)s::numeric / 100)
),
short as (
    select l.* from less l
    -- A month begun elsewhere or half-way is no whole month. Asked of the few that are short.
    where coalesce((select max(e.began_on) from monitoring_employment e
                    where e.worker_id = l.worker_id and e.ended_on is null) <= l.month, true)
)
select s.worker_id,
       case when count(*) > 1 or bool_or(s.amount < s.total * (1 - %(t_red_share)s::numeric / 100))
            then 2 else 1 end as severity,
       jsonb_agg(jsonb_build_object('table', 'monitoring_wagereport', 'id', s.id, 'month', s.month,
                                    'due', round(s.total, 2), 'received', s.amount) order by s.month)
           || jsonb_build_array(jsonb_build_object('table', 'placement_contract', 'id', min(s.contract_id::text))) as evidence,
       (array_agg(jsonb_build_object('month', s.month, 'due', round(s.total), 'received', round(s.amount),
                                     'currency', s.currency) order by s.total - s.amount desc))[1] as says
from short s
group by s.worker_id
