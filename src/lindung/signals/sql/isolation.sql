-- Several answers that say: shut in.
select a.worker_id,
       case when count(*) >= %(t_red_answers)s::int then 2 else 1 end as severity,
       jsonb_agg(jsonb_build_object('table', 'monitoring_answer', 'id', a.id) order by a.question) as evidence,
       jsonb_build_object('answers', count(*), 'names', jsonb_agg(a.question order by a.question)) as says
from monitoring_answer a
where a.stands and a.amber and a.question = any(%(l_isolation)s::text[])
  and a.at >= %(on)s::date - %(t_answer_days)s::int and @who(a.worker_id)
group by a.worker_id
having count(*) >= %(t_amber_answers)s::int
