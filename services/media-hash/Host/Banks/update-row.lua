-- Writes a row anew as a further life of its entry, and what it was before into its history. The new life is not published yet.
-- KEYS: rows, history. ARGV: field, incarnation it is meant for, payload, revision. Returns the row, or nothing when it is another by now.
local row = redis.call('HGET', KEYS[1], ARGV[1])
if not row then
  return false
end
local incarnation, version, content = string.match(row, '^(%S+) (%S+) (%S+) ')
if incarnation ~= ARGV[2] or version == '-1' then
  return false
end
row = string.format('%.0f 0 ', redis.call('HINCRBY', KEYS[1], '#', 1)) .. content .. ' ' .. ARGV[3]
redis.call('HSET', KEYS[1], ARGV[1], row)
redis.call('RPUSH', KEYS[2], ARGV[4])
return row
