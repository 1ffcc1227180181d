-- What the subscription still lacks; nothing when it has all that the source has written.
\getenv subscription SUBSCRIPTION
\getenv lsn SOURCE_LSN
SELECT coalesce(
  (SELECT CASE
     WHEN s.subname IS NULL THEN format('there is no subscription %s', :'subscription')
     WHEN NOT s.subenabled THEN format('subscription %s is disabled', :'subscription')
     WHEN NOT EXISTS (SELECT FROM pg_subscription_rel r WHERE r.srsubid = s.oid) THEN 'the subscription has no tables'
     WHEN EXISTS (SELECT FROM pg_subscription_rel r WHERE r.srsubid = s.oid AND r.srsubstate <> 'r')
       THEN (SELECT format('%s tables are not copied yet', count(*)) FROM pg_subscription_rel r WHERE r.srsubid = s.oid AND r.srsubstate <> 'r')
     WHEN (SELECT max(a.latest_end_lsn) FROM pg_stat_subscription a WHERE a.subid = s.oid AND a.relid IS NULL) >= :'lsn'::pg_lsn THEN NULL
     ELSE format('the subscription is at %s, the source at %s',
                 (SELECT max(a.latest_end_lsn) FROM pg_stat_subscription a WHERE a.subid = s.oid AND a.relid IS NULL), :'lsn')
   END
   FROM (SELECT) one
   LEFT JOIN (SELECT s.oid, s.subname, s.subenabled FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
              WHERE d.datname = current_database() AND s.subname = :'subscription') s ON true), '');
