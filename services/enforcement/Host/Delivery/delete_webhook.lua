-- Removes a webhook, if it is as it was read, with all that belongs to it. Without its lease whoever delivers is told off.
-- KEYS: 1 webhooks, then all that belongs to it
-- ARGV: 1 id, 2 record as read
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('DEL', unpack(KEYS, 2))
return 1
