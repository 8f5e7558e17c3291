-- Terms that differ between the contract that was verified and what is told from abroad.
select f.worker_id,
       case when count(distinct f.field) >= %(t_red_fields)s::int or bool_or(f.field = any(%(l_grave)s::text[]))
            then 2 else 1 end as severity,
       jsonb_agg(jsonb_build_object('table', 'placement_finding', 'id', f.id) order by f.id) as evidence,
       jsonb_build_object('fields', count(distinct f.field), 'names', jsonb_agg(distinct f.field)) as says
from placement_finding f
where f.state = 'open' and @who(f.worker_id)
group by f.worker_id
