-- Writes a row unless the entry is there. A row is "incarnation version content payload"; version is 0 until the change is published and
-- -1 while the row is being removed, which counts as gone.
-- KEYS: rows. ARGV: field, incarnation, content, payload. Returns {new | same | conflict, row}.
local row = redis.call('HGET', KEYS[1], ARGV[1])
if row then
  local version, content = string.match(row, '^%S+ (%S+) (%S+) ')
  if version ~= '-1' then
    if content == ARGV[3] then
      return {'same', row}
    end
    return {'conflict', row}
  end
end
row = ARGV[2] .. ' 0 ' .. ARGV[3] .. ' ' .. ARGV[4]
redis.call('HSET', KEYS[1], ARGV[1], row)
return {'new', row}
