-- Marks a row as being removed, so that no load takes it for a living one.
-- KEYS: rows. ARGV: field. Returns the incarnation, or 0 when there is no row.
local row = redis.call('HGET', KEYS[1], ARGV[1])
if not row then
  return 0
end
local incarnation, rest = string.match(row, '^(%S+) %S+ (.*)$')
redis.call('HSET', KEYS[1], ARGV[1], incarnation .. ' -1 ' .. rest)
return tonumber(incarnation)
