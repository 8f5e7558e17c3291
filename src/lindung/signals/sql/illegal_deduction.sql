-- Recruitment cost taken from the wage: as the worker answers, or as the ledger of costs has it.
with told as (
    select a.worker_id, 'monitoring_answer' as source, a.id, null::text as component
    from monitoring_answer a
    where a.stands and a.amber and a.question = 'wage_cut'
      and a.at >= %(on)s::date - %(t_answer_days)s::int and @who(a.worker_id)
    union all
    select c.worker_id, 'costs_charge', c.id, c.component
    from costs_charge c
    where c.how = 'deduction' and c.state = 'stands' and c.payer in ('worker', 'family') and @who(c.worker_id)
)
select t.worker_id,
       case when count(t.component) >= %(t_red_charges)s::int
                 or count(t.component) > 0 and count(*) > count(t.component)
            then 2 else 1 end as severity,
       jsonb_agg(jsonb_build_object('table', t.source, 'id', t.id) order by t.source, t.id) as evidence,
       jsonb_build_object('what', coalesce(jsonb_agg(distinct t.component) filter (where t.component is not null), '[]'::jsonb)) as says
from told t
group by t.worker_id
