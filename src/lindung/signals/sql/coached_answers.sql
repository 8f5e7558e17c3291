-- The same set of answers of many people, from one device, close together; help desks left out.
with lately as (
    select a.device, a.worker_id, date_trunc('day', a.at) as day, a.post_id, a.country,
           md5(string_agg(a.question || '=' || a.answer, ',' order by a.question)) as answers,
           count(*) as n, min(a.at) as at, (array_agg(a.id order by a.question))[1] as id,
           bool_or(a.question = 'beside_you' and a.answer = any(%(l_assisted)s::text[])) as assisted
    from monitoring_answer a
    where a.at >= %(on)s::date - %(t_look_back)s::int and a.device <> ''
    group by 1, 2, 3, 4, 5
)
select 'device' as party, l.device as key, min(l.country) as country,
       case when min(l.post_id) = max(l.post_id) and count(l.post_id) = count(*) then min(l.post_id) end as post_id,
       case when count(distinct l.worker_id) >= %(t_red_people)s::int then 2 else 1 end as severity,
       jsonb_path_query_array(jsonb_agg(jsonb_build_object('table', 'monitoring_answer', 'id', l.id) order by l.id), '$[0 to 49]') as evidence,
       jsonb_build_object('people', count(distinct l.worker_id), 'answers', max(l.n),
                          'minutes', ceil(extract(epoch from max(l.at) - min(l.at)) / 60), 'at', min(l.at)::date) as says
from lately l
where not l.assisted and l.n >= %(t_answers)s::int
group by l.device, l.answers, l.day
having count(distinct l.worker_id) >= %(t_people)s::int
   and max(l.at) - min(l.at) <= %(t_minutes)s * interval '1 minute'
