-- The diary of the last days: the longer of its weeks, and whether a day of rest was among them.
with kept as (
    select d.worker_id,
           (sum(d.minutes) filter (where d.day > %(on)s::date - 7)) / 60.0 as last_week,
           (sum(d.minutes) filter (where d.day <= %(on)s::date - 7 and d.day > %(on)s::date - 14)) / 60.0 as week_before,
           count(*) as days, count(*) filter (where d.minutes = 0) as rests,
           min(d.day) as first, max(d.day) as last
    from monitoring_diaryday d
    where d.day > %(on)s::date - greatest(%(t_days)s::int, 14) and d.day <= %(on)s::date and @who(d.worker_id)
    group by d.worker_id
)
select k.worker_id,
       case when greatest(k.last_week, k.week_before) > %(t_red_hours)s
                 or greatest(k.last_week, k.week_before) > %(t_week_hours)s
                    and k.days >= %(t_days)s::int and k.rests = 0
            then 2 else 1 end as severity,
       jsonb_build_array(jsonb_build_object('table', 'monitoring_diaryday', 'from', k.first, 'to', k.last, 'id', k.worker_id)) as evidence,
       jsonb_build_object('hours', round(greatest(k.last_week, k.week_before), 1), 'rests', k.rests) as says
from kept k
where greatest(k.last_week, k.week_before) > %(t_week_hours)s
   or k.days >= %(t_days)s::int and k.rests = 0
