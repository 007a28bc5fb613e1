-- Removes a fact-check, gives the change the next version and keeps who did it.
-- KEYS: entries, version, history. ARGV: claim, actor, time in ms. Returns the version, or 0 when there is no such claim.
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then
  return 0
end
local version = redis.call('INCR', KEYS[2])
local id = string.format('%.0f-0', version)
redis.call('XADD', KEYS[3], id, 'claim', ARGV[1], 'action', 'removed', 'actor', ARGV[2], 'time_ms', ARGV[3])
return version
