-- Adds an entry unless it is there, gives the change the next version and keeps who did it. All in one slot, so all or nothing.
-- KEYS: entries, version, changes, history. ARGV: field, content, payload, actor, category, kind, time in ms, changes kept.
-- Returns {added | same | conflict, version, row}. A row is "content payload"; content has no blank.
local row = redis.call('HGET', KEYS[1], ARGV[1])
if row then
  local content = string.match(row, '^(%S+) ')
  if content == ARGV[2] then
    return {'same', redis.call('GET', KEYS[2]), row}
  end
  return {'conflict', redis.call('GET', KEYS[2]), row}
end
row = ARGV[2] .. ' ' .. ARGV[3]
redis.call('HSET', KEYS[1], ARGV[1], row)
local version = string.format('%.0f', redis.call('INCR', KEYS[2]))
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[8], version .. '-0', 'entry', ARGV[1], 'payload', ARGV[3])
redis.call('XADD', KEYS[4], version .. '-0', 'entry', ARGV[1], 'added', '1', 'actor', ARGV[4], 'category', ARGV[5], 'kind', ARGV[6], 'time_ms', ARGV[7])
return {'added', version, row}
