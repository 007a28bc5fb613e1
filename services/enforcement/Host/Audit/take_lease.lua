-- Takes or renews a lease. Whoever takes it from another gets a higher fence, by which the stores tell a holder that was away from the present one.
-- KEYS: 1 lease
-- ARGV: 1 holder, 2 now (ms), 3 end (ms)
-- Returns the fence, or 0 while another holds it.
local row = redis.call('HMGET', KEYS[1], 'holder', 'end_ms', 'fence')
local fence = tonumber(row[3] or '0')
if row[1] ~= ARGV[1] then
  if row[1] and tonumber(row[2]) > tonumber(ARGV[2]) then return 0 end
  fence = fence + 1
end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'end_ms', ARGV[3], 'fence', string.format('%d', fence))
return fence
