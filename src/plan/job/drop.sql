-- The role goes. First it loses all that it is, which cannot fail: what somebody
-- granted to it meanwhile may keep it from being dropped, here or in another
-- database. What is left over then is nobody, and later Jobs try again.
\set QUIET on
\pset tuples_only on
\getenv role ROLE
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :'role' \g /dev/null
BEGIN ISOLATION LEVEL READ COMMITTED;
LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') AS made \gset
\if :made
ALTER ROLE :"role" NOLOGIN NOBYPASSRLS PASSWORD NULL VALID UNTIL '-infinity';
ALTER ROLE :"role" RESET ALL;
SELECT format('REVOKE %I FROM %I', r.rolname, :'role')
FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles me ON me.oid = m.member
WHERE me.rolname = :'role' ORDER BY r.rolname
\gexec
\endif
COMMIT;
-- One by one, also those of Jobs that were killed before they could.
\set ON_ERROR_STOP off
SELECT format('DROP ROLE %I', rolname) FROM pg_roles
WHERE rolname ~ '^cnpgstack_(export|migration)_[0-9a-f]{16}$' AND rolvaliduntil < now() AND NOT rolsuper
ORDER BY rolname <> :'role'
\gexec
