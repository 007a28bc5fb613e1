-- Removes an entry, gives the change the next version and keeps who did it.
-- KEYS: entries, version, changes, history. ARGV: field, actor, category, kind, time in ms, changes kept. Returns the version, or 0 when there is no such entry.
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then
  return 0
end
local version = string.format('%.0f', redis.call('INCR', KEYS[2]))
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[6], version .. '-0', 'entry', ARGV[1], 'payload', '')
redis.call('XADD', KEYS[4], version .. '-0', 'entry', ARGV[1], 'added', '0', 'actor', ARGV[2], 'category', ARGV[3], 'kind', ARGV[4], 'time_ms', ARGV[5])
return tonumber(version)
