-- The addresses of readers have a database of their own: see papers/subscribers.py, which takes them over before this.
-- A reader who has left is not known here either, not even by a hash.
PRAGMA secure_delete = ON;
DELETE FROM unsubscribed
WHERE length(alert) = 21 AND alert GLOB 'page-*' AND substr(alert, 6) NOT GLOB '*[^0-9a-f]*';
DROP TABLE subscription;
