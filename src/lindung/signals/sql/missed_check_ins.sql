-- Two check-ins missed, and a second sign: a worse last answer, or a family or case that says no contact.
with second as materialized (
    select c.worker_id, 'protection_complaint' as source, c.id
    from protection_complaint c
    where c.told_by is not null and c.at >= %(on)s::date - %(t_family_days)s::int and @who(c.worker_id)
    union all
    select k.worker_id, 'protection_case', k.id
    from protection_case k
    where k.kind = 'unreachable' and k.closed_at is null and @who(k.worker_id)
),
late as (
    select s.worker_id, s.condition, %(on)s::date - s.check_in_due_on as days
    from registry_workerstate s
    where s.stage = 'during' and s.check_in_due_on <= %(on)s::date - %(t_late_days)s::int and @who(s.worker_id)
      and (s.condition = any(%(l_worse)s::text[]) or s.worker_id in (select worker_id from second))
)
select l.worker_id,
       case when l.condition = any(%(l_red)s::text[]) or count(n.id) > 0 then 2 else 1 end as severity,
       jsonb_build_array(jsonb_build_object('table', 'registry_workerstate', 'id', l.worker_id))
           || coalesce(jsonb_agg(jsonb_build_object('table', n.source, 'id', n.id) order by n.id)
                       filter (where n.id is not null), '[]'::jsonb) as evidence,
       jsonb_build_object('days', l.days, 'why', case when count(n.id) > 0 then 'no_contact' else l.condition end) as says
from late l left join second n on n.worker_id = l.worker_id
group by l.worker_id, l.condition, l.days
