-- Keeps an opinion, if the entry is there, and counts all of them.
-- KEYS: rows, opinions. ARGV: field, person and medium, opinion (1 right, 2 wrong). Returns {right, wrong}, or nothing without the entry.
local row = redis.call('HGET', KEYS[1], ARGV[1])
if not row or string.match(row, '^%S+ (%S+) ') == '-1' then
  return false
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
local counts = {0, 0}
for _, opinion in ipairs(redis.call('HVALS', KEYS[2])) do
  counts[tonumber(opinion)] = counts[tonumber(opinion)] + 1
end
return counts
