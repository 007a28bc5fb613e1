-- Drops entries of a ledger that matter no more, unless it has changed since it was read.
-- KEYS: 1 ledger
-- ARGV: 1 version as read, then the fields
-- Returns the number dropped, -1 when it has changed.
if (redis.call('HGET', KEYS[1], 'v') or '') ~= ARGV[1] then return -1 end
local dropped = redis.call('HDEL', KEYS[1], unpack(ARGV, 2))
if redis.call('HLEN', KEYS[1]) == 1 then redis.call('UNLINK', KEYS[1]) else redis.call('HINCRBY', KEYS[1], 'v', 1) end
return dropped
