-- Changes a webhook if it is as it was read.
-- KEYS: 1 webhooks, 2 health
-- ARGV: 1 id, 2 record as read, 3 new record, 4 '1' to forget since when it fails
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[4] == '1' then redis.call('HDEL', KEYS[2], 'fail_ms', 'try_ms', 'fault') end
return 1
