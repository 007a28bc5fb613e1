-- Takes a lane of an endpoint, or renews it. The token changes with each owner, and whoever writes for the lane shows it.
-- KEYS: 1 lease
-- ARGV: 1 owner, 2 now (ms), 3 until (ms), 4 a token that was never used
-- Returns the token that holds now, or '' when another has the lane.
local row = redis.call('HMGET', KEYS[1], 'owner', 'until_ms', 'token')
if row[1] == ARGV[1] then
  redis.call('HSET', KEYS[1], 'until_ms', ARGV[3])
  return row[3]
end
if row[1] and tonumber(row[2]) > tonumber(ARGV[2]) then return '' end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'until_ms', ARGV[3], 'token', ARGV[4])
return ARGV[4]
