-- Makes a webhook with its cursor.
-- KEYS: 1 webhooks, 2 cursor
-- ARGV: 1 id, 2 record, 3 how many a tenant may have, then shard and sequence in turn
-- Returns created, exists or limit.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 'exists' end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 'limit' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 'created'
