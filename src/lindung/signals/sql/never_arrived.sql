-- Left and no word of arrival; or at work in another region than the contract's.
with missing as (
    select p.worker_id, 'placement_placement' as source, p.id, 'not_arrived' as what,
           %(on)s::date - p.departed_on as days, p.dest_region as was, '' as now
    from placement_placement p
    where p.state = 'departed' and p.departed_on < %(on)s::date - %(t_arrive_days)s::int
      and p.departed_on >= %(on)s::date - %(t_overdue_days)s::int and @who(p.worker_id)
    union all
    select e.worker_id, 'monitoring_employment', e.id, 'moved', %(on)s::date - e.began_on, p.dest_region, e.dest_region
    from monitoring_employment e
    join placement_placement p on p.id = e.placement_id
    where e.ended_on is null and e.began_on >= %(on)s::date - %(t_moved_days)s::int
      and e.dest_region <> '' and p.dest_region <> '' and e.dest_region <> p.dest_region
      and @who(e.worker_id) and @who(p.worker_id)
)
select m.worker_id,
       case when bool_or(m.what = 'not_arrived' and m.days > %(t_red_days)s::int) then 2 else 1 end as severity,
       jsonb_agg(jsonb_build_object('table', m.source, 'id', m.id) order by m.source, m.id) as evidence,
       (array_agg(jsonb_build_object('what', m.what, 'days', m.days, 'was', m.was, 'now', m.now) order by m.source desc))[1] as says
from missing m
group by m.worker_id
