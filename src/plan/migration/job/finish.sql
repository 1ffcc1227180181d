-- What is left to check is checked, what the Job's own role made goes to the owner,
-- and all of it becomes true at once.
\getenv owner DESTINATION_OWNER
SET CONSTRAINTS ALL IMMEDIATE;
RESET ROLE;
\if :{?owner}
REASSIGN OWNED BY CURRENT_USER TO :"owner";
\endif
COMMIT;
