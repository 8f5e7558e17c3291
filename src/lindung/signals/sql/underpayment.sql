-- Whole months whose receipt is below what is due: the contract's wage or the legal floor, and overtime by
-- the diary. Law comes in as rows (dues.py), one for each kind of work and month; without a rule, no part of it.
with kind as materialized (
    select * from jsonb_to_recordset(%(kinds)s::jsonb) as x(
        kind int, country text, dest_region text, sector text, scheme text, occupation text,
        weekly numeric, signed_on date)
),
law as materialized (
    select * from jsonb_to_recordset(%(law)s::jsonb) as x(
        kind int, month date, floor numeric, hourly numeric, premium numeric)
),
read as materialized (
    select t.worker_id, t.contract_id, (t.stated -> 'wage.monthly_ordinary' ->> 0)::numeric as basic,
           t.stated -> 'wage.monthly_ordinary' ->> 1 as unit, (t.stated -> 'hours.weekly_regular' ->> 0)::numeric as weekly,
           t.country, t.dest_region, t.sector, t.scheme, t.occupation,
           case when t.country = any(%(signed_countries)s::text[]) then t.signed_on end as signed_on
    from placement_contractterms t
    where t.live and t.signed_on is not null and @who(t.worker_id)
),
terms as materialized (
    select r.worker_id, r.contract_id, r.basic, r.unit, r.weekly, k.kind
    from read r
    left join kind k on k.country = r.country and k.dest_region = r.dest_region and k.sector = r.sector
     and k.scheme = r.scheme and k.occupation = r.occupation
     and coalesce(k.weekly, -1) = coalesce(r.weekly, -1)
     and coalesce(k.signed_on, '-infinity') = coalesce(r.signed_on, '-infinity')
    where r.basic is not null
),
paid as (
    select w.worker_id, w.id, w.month, w.amount, w.currency, t.contract_id, t.basic, t.weekly, t.kind
    from monitoring_wagereport w
    join terms t on t.worker_id = w.worker_id and t.unit = w.currency || '/month'
    where w.stands and w.amount is not null
      and w.month < %(this_month)s::date and w.month >= %(first_month)s::date
      and @who(w.worker_id)
),
weeks as materialized (
    select d.worker_id, date_trunc('week', d.day)::date + 6 as ends, sum(d.minutes) as minutes
    from monitoring_diaryday d
    where d.day >= %(first_month)s::date - 7 and d.day < %(this_month)s::date and @who(d.worker_id)
    group by 1, 2
),
over as (
    select k.worker_id, date_trunc('month', k.ends)::date as month,
           sum(greatest(k.minutes - t.weekly * 60, 0)) / 60 as hours
    from weeks k join terms t on t.worker_id = k.worker_id
    where t.weekly is not null
    group by 1, 2
),
due as (
    select p.*, coalesce(o.hours, 0) as hours, greatest(p.basic, coalesce(l.floor, 0)) as base,
           greatest(p.basic, coalesce(l.floor, 0))
               * (1 + coalesce(o.hours * l.hourly * (1 + l.premium / 100), 0)) as total
    from paid p
    left join over o on o.worker_id = p.worker_id and o.month = p.month
    left join law l on l.kind = p.kind and l.month = p.month
),
short as (
    select d.* from due d
    where d.amount < d.total * (1 - %(t_tolerance)s::numeric / 100)
      -- A month begun elsewhere or half-way is no whole month.
      and not exists (select from monitoring_employment e
                      where e.worker_id = d.worker_id and e.ended_on is null and e.began_on > d.month)
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
