-- Puts a fact-check unless the same one is there, gives the change the next version and keeps who did it. All in one slot, so all or nothing.
-- KEYS: entries, version, history. ARGV: claim, content, payload, actor, time in ms.
-- Returns the version from which on it is there. A row is "content payload"; content has no blank.
local row = redis.call('HGET', KEYS[1], ARGV[1])
if row and string.match(row, '^(%S+) ') == ARGV[2] then
  return tonumber(redis.call('GET', KEYS[2]))
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
local version = redis.call('INCR', KEYS[2])
local id = string.format('%.0f-0', version)
redis.call('XADD', KEYS[3], id, 'claim', ARGV[1], 'action', row and 'replaced' or 'added', 'actor', ARGV[4], 'time_ms', ARGV[5])
return version
