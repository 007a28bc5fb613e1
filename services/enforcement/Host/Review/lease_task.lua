-- Hands a task to a person, never to one who is barred from it.
-- KEYS: 1 task
-- ARGV: 1 person, 2 now (ms), 3 until (ms), 4 '1' when the person is a lead
-- Returns {'leased', token}, or why not: gone, closed, lead_only, barred, taken
local seen = redis.call('HMGET', KEYS[1], 's', 'h', 'f', 'u', 'x:' .. ARGV[1])
if not seen[1] then return {'gone', '0'} end
if seen[1] == 'disputed' then
  if ARGV[4] ~= '1' then return {'lead_only', '0'} end
elseif seen[1] ~= 'open' then
  return {'closed', '0'}
end
if seen[5] then return {'barred', '0'} end
if seen[2] and seen[2] ~= ARGV[1] and tonumber(seen[4]) > tonumber(ARGV[2]) then return {'taken', '0'} end
local token = tonumber(seen[3] or '0') + 1
redis.call('HSET', KEYS[1], 'h', ARGV[1], 'u', ARGV[3], 'f', string.format('%d', token))
return {'leased', string.format('%d', token)}
