-- Keeps a lease longer, or gives the task back.
-- KEYS: 1 task
-- ARGV: 1 person, 2 token, 3 now (ms), 4 until (ms), or '0' to give it back
-- Returns 1, or 0 when the lease is lost, -1 when there is no such task
local seen = redis.call('HMGET', KEYS[1], 's', 'h', 'f', 'u')
if not seen[1] then return -1 end
if (seen[1] ~= 'open' and seen[1] ~= 'disputed') or seen[2] ~= ARGV[1] or seen[3] ~= ARGV[2] or tonumber(seen[4]) <= tonumber(ARGV[3]) then return 0 end
if ARGV[4] == '0' then
  redis.call('HDEL', KEYS[1], 'h', 'u')
else
  redis.call('HSET', KEYS[1], 'u', ARGV[4])
end
return 1
