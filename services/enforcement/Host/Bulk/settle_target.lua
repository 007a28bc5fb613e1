-- Notes what a bulk job made of one decision, once.
-- KEYS: 1 job, 2 targets, 3 results
-- ARGV: 1 target, 2 result, 3 'decided' or 'skipped'
-- Returns 1, or 0 when it was noted before.
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('RPUSH', KEYS[3], ARGV[2])
redis.call('HINCRBY', KEYS[1], ARGV[3], 1)
return 1
