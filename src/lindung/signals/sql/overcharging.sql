-- What the law judged to be more than it allows, and was not given back yet.
select o.worker_id,
       case when count(*) >= %(t_red_rules)s::int or min(o.opened_on) <= %(on)s::date - %(t_red_days)s::int
            then 2 else 1 end as severity,
       jsonb_agg(jsonb_build_object('table', 'costs_overcharge', 'id', o.id, 'rule', o.rule) order by o.opened_on, o.id) as evidence,
       jsonb_build_object('rules', count(*), 'names', jsonb_agg(distinct o.rule)) as says
from costs_overcharge o
where o.state = 'open' and @who(o.worker_id)
group by o.worker_id
