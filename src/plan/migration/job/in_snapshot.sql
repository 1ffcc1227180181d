-- A session beside the one that holds the snapshot sees what that one sees.
\getenv snapshot SNAPSHOT
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET TRANSACTION SNAPSHOT :'snapshot';
