-- One round: what differs is found and put right, statement by statement. One
-- that fails (its object may be gone since) undoes itself only: what counts is
-- that nothing is left to do in the end.
SELECT statement FROM (:catalog :difference) AS found ORDER BY step, place
\set ECHO all
\gexec
\set ECHO none
