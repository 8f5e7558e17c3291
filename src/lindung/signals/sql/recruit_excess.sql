-- Of each job order: its quota, who was sent under it, and who of them is found with its employer.
with sent as (
    select p.job_order_id, count(*) as sent, max(coalesce(p.arrived_on, p.departed_on)) as last,
           count(*) filter (where s.employer_id = p.employer_id and s.stage = 'during') as found,
           count(*) filter (where p.ended_on is null) as live
    from placement_placement p
    join registry_workerstate s on s.worker_id = p.worker_id
    where p.job_order_id is not null and p.state in ('departed', 'arrived', 'ended')
    group by p.job_order_id
)
select 'employer' as party, j.employer_id::text as key, j.country, j.post_id,
       case when bool_or(s.sent > j.quota) then 2 else 1 end as severity,
       jsonb_agg(jsonb_build_object('table', 'recruitment_joborder', 'id', j.id) order by j.id) as evidence,
       jsonb_build_object('quota', sum(j.quota), 'sent', sum(s.sent), 'found', sum(s.found)) as says
from sent s join recruitment_joborder j on j.id = s.job_order_id
where j.employer_id is not null and s.sent >= %(t_least)s::int
  and (s.sent > j.quota
       or s.live >= %(t_least)s::int and s.found < s.live * %(t_found_share)s::numeric / 100
          and s.last <= %(on)s::date - %(t_settle_days)s::int)
group by j.employer_id, j.country, j.post_id
