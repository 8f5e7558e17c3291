-- Cleared and not left, by agency.
with cleared as (
    select p.agency_id, p.country, p.state = 'cleared' and p.cleared_on < %(on)s::date - %(t_late_days)s::int as hit, p.id
    from placement_placement p
    where p.agency_id is not null and p.cleared_on between %(on)s::date - %(t_window)s::int and %(on)s::date - %(t_late_days)s::int
)
select 'agency' as party, c.agency_id::text as key, '' as country, null::smallint as post_id,
       case when count(*) filter (where hit) * 100 >= count(*) * %(t_red_share)s then 2 else 1 end as severity,
       jsonb_path_query_array(jsonb_agg(jsonb_build_object('table', 'placement_placement', 'id', c.id) order by c.id)
                              filter (where hit), '$[0 to 49]') as evidence,
       jsonb_build_object('hit', count(*) filter (where hit), 'people', count(*), 'days', %(t_late_days)s::int) as says
from cleared c
group by c.agency_id
having count(*) filter (where hit) >= %(t_least)s::int
   and count(*) filter (where hit) * 100 >= count(*) * %(t_share)s
