-- Deletes a marked row of this incarnation; another one, added since, stays.
-- KEYS: rows. ARGV: field, incarnation. Returns 1 when it was deleted.
local row = redis.call('HGET', KEYS[1], ARGV[1])
if row and string.match(row, '^(%S+ %S+) ') == ARGV[2] .. ' -1' then
  return redis.call('HDEL', KEYS[1], ARGV[1])
end
return 0
