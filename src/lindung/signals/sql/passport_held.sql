-- Standing answers on who keeps the passport that worry us; red where the person is shut in too.
with told as materialized (
    select a.worker_id, a.id, a.question, a.answer, a.at
    from monitoring_answer a
    where a.stands and a.amber and a.question = any(array['passport_keeper'] || %(l_isolation)s::text[])
      and a.at >= %(on)s::date - %(t_answer_days)s::int and @who(a.worker_id)
)
select p.worker_id,
       case when count(i.id) > 0 then 2 else 1 end as severity,
       jsonb_build_array(jsonb_build_object('table', 'monitoring_answer', 'id', p.id))
           || coalesce(jsonb_agg(jsonb_build_object('table', 'monitoring_answer', 'id', i.id) order by i.question)
                       filter (where i.id is not null), '[]'::jsonb) as evidence,
       jsonb_build_object('keeper', p.answer, 'at', p.at::date, 'isolated', count(i.id) > 0) as says
from told p left join told i on i.worker_id = p.worker_id and i.question <> 'passport_keeper'
where p.question = 'passport_keeper'
group by p.worker_id, p.id, p.answer, p.at
