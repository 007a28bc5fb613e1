-- Marks a row as being removed, so that no load takes it for a living one, and says so in its history, once.
-- KEYS: rows, history. ARGV: field, revision. Returns the incarnation, or 0 when there is no row.
local row = redis.call('HGET', KEYS[1], ARGV[1])
if not row then
  return 0
end
local incarnation, version, content, payload = string.match(row, '^(%S+) (%S+) (%S+) (.*)$')
if version ~= '-1' then
  redis.call('HSET', KEYS[1], ARGV[1], incarnation .. ' -1 ' .. content .. ' ' .. payload)
  redis.call('RPUSH', KEYS[2], ARGV[2])
end
return tonumber(incarnation)
