-- All that is owed, with simple interest as lenders tell it, against a year of the contract's wage.
with rate as materialized (
    select * from jsonb_to_recordset(%(rates)s::jsonb) as x(base text, quote text, rate numeric)
),
owed as (
    select l.worker_id, l.currency,
           sum(l.principal + case
               when l.instalment is not null and l.months > 0 then greatest(l.instalment * l.months - l.principal, 0)
               when l.rate is null then 0
               when l.rate_per = 'whole' then l.principal * l.rate / 100
               when coalesce(l.months, 0) = 0 then 0
               when l.rate_per = 'month' then l.principal * l.rate / 100 * l.months
               else l.principal * l.rate / 100 * l.months / 12 end) as total,
           jsonb_agg(jsonb_build_object('table', 'costs_loan', 'id', l.id) order by l.id) as evidence
    from costs_loan l
    where l.state = 'stands' and @who(l.worker_id)
    group by 1, 2
),
weighed as (
    select o.worker_id,
           sum(o.total * case when o.currency = t.currency then 1 else r.rate end) * 100 / 12 / max(t.basic) as share,
           jsonb_agg(o.evidence) as evidence
    from owed o
    join looked_terms t on t.worker_id = o.worker_id and t.basic > 0
    left join rate r on r.base = o.currency and r.quote = t.currency
    group by o.worker_id, t.contract_id
),
loans as (
    select w.worker_id, max(w.share) as share,
           (select jsonb_agg(row) from jsonb_array_elements(min(w.evidence::text)::jsonb) each, jsonb_array_elements(each) row) as evidence
    from weighed w
    where w.share >= %(t_amber_share)s
    group by w.worker_id
),
told as (
    select a.worker_id,
           case when a.answer = any(%(l_more)s::text[]) then %(t_red_share)s else %(t_amber_share)s end as share,
           jsonb_build_array(jsonb_build_object('table', 'monitoring_answer', 'id', a.id)) as evidence
    from monitoring_answer a
    where a.stands and a.amber and a.question = 'debt' and a.answer = any(%(l_half)s::text[] || %(l_more)s::text[])
      and a.at >= %(on)s::date - %(t_answer_days)s::int and @who(a.worker_id)
)
select b.worker_id, case when max(b.share) >= %(t_red_share)s then 2 else 1 end as severity,
       (select jsonb_agg(row) from jsonb_array_elements(jsonb_agg(b.evidence)) each, jsonb_array_elements(each) row) as evidence,
       jsonb_build_object('share', round(max(b.share))) as says
from (select * from loans union all select * from told) b
group by b.worker_id
