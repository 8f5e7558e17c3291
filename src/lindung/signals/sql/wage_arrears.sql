-- Months reported unpaid, or paid below a share of the contract's wage, past pay-day.
with missing as (
    select w.worker_id, w.id, w.month, w.state, w.amount, w.currency,
           %(on)s::date - ((w.month + interval '1 month')::date - 1 + %(t_pay_day)s::int) as late
    from monitoring_wagereport w
    where w.stands and w.state <> 'paid'
      and w.month >= %(on)s::date - 31 * %(t_look_back)s::int and @who(w.worker_id)
),
judged as (
    select m.worker_id, m.id, m.month, m.late
    from missing m
    left join looked_terms t
           on m.state = 'less' and m.amount is not null and t.worker_id = m.worker_id and t.currency = m.currency
    where m.late > %(t_amber_days)s::int
      and (t.contract_id is null or m.amount < t.basic * %(t_paid_share)s / 100)
)
select j.worker_id,
       case when max(j.late) > %(t_red_days)s::int or count(distinct j.month) >= %(t_red_months)s::int
            then 2 else 1 end as severity,
       jsonb_agg(distinct jsonb_build_object('table', 'monitoring_wagereport', 'id', j.id)) as evidence,
       jsonb_build_object('months', count(distinct j.month), 'first', min(j.month), 'days', max(j.late)) as says
from judged j
group by j.worker_id
