-- Writes a row unless the entry is there. A row is "incarnation version content payload"; version is 0 until the change is published and
-- -1 while the row is being removed, which counts as gone. Incarnations of one prefix only ever grow, so that replicas know late news.
-- KEYS: rows. ARGV: field, content, payload. Returns {new | same | conflict, row}.
local row = redis.call('HGET', KEYS[1], ARGV[1])
if row then
  local version, content = string.match(row, '^%S+ (%S+) (%S+) ')
  if version ~= '-1' then
    if content == ARGV[2] then
      return {'same', row}
    end
    return {'conflict', row}
  end
end
local incarnation = redis.call('HINCRBY', KEYS[1], '#', 1)
row = string.format('%.0f 0 ', incarnation) .. ARGV[2] .. ' ' .. ARGV[3]
redis.call('HSET', KEYS[1], ARGV[1], row)
return {'new', row}
