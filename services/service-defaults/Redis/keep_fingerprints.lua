-- Keeps the fingerprints of a post's revision and forgets those of earlier ones, unless the post is beyond it.
-- KEYS: 1 post, 2 today's rows, 3 and on: the rows of earlier days where the post may have some
-- ARGV: 1 field, 2 fingerprints, 3 revision, 4 keep the day's rows (ms)
-- Returns 1, or 0 when the post was withdrawn or has a later revision.
local seen = redis.call('HMGET', KEYS[1], 'rev', 'withdraw_ms')
if seen[2] or tonumber(seen[1] or '0') > tonumber(ARGV[3]) then return 0 end
for i = 3, #KEYS do redis.call('HDEL', KEYS[i], ARGV[1]) end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[2]) < 0 then redis.call('PEXPIRE', KEYS[2], ARGV[4]) end
return 1
