-- What would not come over right: one line each, nothing when all does.
\getenv mode MODE
\getenv owner SOURCE_OWNER
\getenv destination_version DESTINATION_VERSION
SELECT :{?owner} AS own \gset
WITH tables AS (
  SELECT c.oid, c.oid::regclass AS name, c.relkind, c.relreplident, c.relpersistence
  FROM pg_class c WHERE c.oid = ANY (:'chosen'::oid[])
), problems AS (
  SELECT 'the source has no table that would come over' AS problem
  WHERE :'mode' IN ('data', 'replicate') AND NOT EXISTS (SELECT FROM tables WHERE relkind IN ('r', 'p'))
  UNION ALL
  SELECT format('%s refers to %s, which does not come over (%I)', con.conrelid::regclass, con.confrelid::regclass, con.conname)
  FROM pg_constraint con JOIN tables t ON t.oid = con.conrelid
  WHERE :'mode' IN ('schema', 'full', 'replicate') AND con.contype = 'f' AND con.conparentid = 0
    AND con.confrelid NOT IN (SELECT oid FROM tables)
    AND con.confrelid NOT IN (SELECT p.relid FROM tables t CROSS JOIN pg_partition_tree(t.oid) p WHERE t.relkind = 'p')
  UNION ALL
  SELECT format('%s has a foreign table as a partition, %s', t.name, c.oid::regclass)
  FROM tables t CROSS JOIN pg_partition_tree(t.oid) p JOIN pg_class c ON c.oid = p.relid
  WHERE t.relkind = 'p' AND c.relkind = 'f' AND :'mode' <> 'schema'
  UNION ALL
  -- Without one, an UPDATE or DELETE on the source fails as soon as the table is published.
  SELECT format('%s has no replica identity: give it a primary key, or ALTER TABLE %s REPLICA IDENTITY', c.oid::regclass, c.oid::regclass)
  FROM tables t
  CROSS JOIN LATERAL (SELECT t.oid AS relid WHERE t.relkind = 'r' UNION SELECT p.relid FROM pg_partition_tree(t.oid) p WHERE p.isleaf AND t.relkind = 'p') l
  JOIN pg_class c ON c.oid = l.relid
  WHERE :'mode' = 'replicate' AND c.relkind = 'r'
    AND (c.relreplident = 'n'
         OR c.relreplident = 'd' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
         OR c.relreplident = 'i' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident))
  UNION ALL
  SELECT 'the source does not log for replication: its wal_level must be logical'
  WHERE :'mode' = 'replicate' AND current_setting('wal_level') <> 'logical'
  UNION ALL
  SELECT format('role %I may not replicate: ALTER ROLE %I REPLICATION', rolname, rolname)
  FROM pg_roles WHERE :'mode' = 'replicate' AND NOT :'own' AND rolname = current_user AND NOT rolreplication AND NOT rolsuper
  UNION ALL
  -- Below 16 what is replicated is written by a superuser, and these fire all the same.
  SELECT format('%s has the trigger %I, which would run as a superuser in the destination', g.tgrelid::regclass, g.tgname)
  FROM pg_trigger g
  WHERE :'mode' = 'replicate' AND :'destination_version' < 160000 AND NOT g.tgisinternal AND g.tgenabled IN ('A', 'R')
    AND (g.tgrelid IN (SELECT oid FROM tables) OR g.tgrelid IN (SELECT p.relid FROM tables t CROSS JOIN pg_partition_tree(t.oid) p WHERE t.relkind = 'p'))
  UNION ALL
  SELECT format('%s is unlogged, and so cannot be replicated', t.name)
  FROM tables t WHERE :'mode' = 'replicate' AND t.relkind IN ('r', 'p') AND t.relpersistence = 'u'
  UNION ALL
  SELECT format('%s.%I may point to large objects, which are not replicated', t.name, a.attname)
  FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid JOIN pg_type y ON y.oid = a.atttypid
  WHERE :'mode' = 'replicate' AND t.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    AND 'oid'::regtype IN (y.oid, y.typbasetype) AND EXISTS (SELECT FROM pg_largeobject_metadata)
)
SELECT 'problem ' || translate(problem, E'\n\r', '  ') FROM problems ORDER BY 1;
