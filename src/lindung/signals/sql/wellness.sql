-- The last answers to the two questions on mood, added up.
with worried as materialized (
    select distinct a.worker_id
    from monitoring_answer a
    where a.stands and a.amber and a.question = any(%(l_screen)s::text[])
      and a.at >= %(on)s::date - %(t_answer_days)s::int and @who(a.worker_id)
)
select a.worker_id, 2 as severity,
       jsonb_agg(jsonb_build_object('table', 'monitoring_answer', 'id', a.id) order by a.question) as evidence,
       jsonb_build_object('points', sum(a.points), 'at', max(a.at)::date) as says
from monitoring_answer a
where a.worker_id = any(array(select w.worker_id from worried w)) and a.stands
  and a.question = any(%(l_screen)s::text[]) and a.at >= %(on)s::date - %(t_answer_days)s::int
group by a.worker_id
having sum(a.points) >= %(t_points)s::int
