-- Takes or renews a lease.
-- KEYS: lease. ARGV: holder, now (ms), until (ms), forget after (ms). Returns 1, or 0 while another holds it.
local row = redis.call('HMGET', KEYS[1], 'holder', 'until_ms')
if row[1] and row[1] ~= ARGV[1] and tonumber(row[2]) > tonumber(ARGV[2]) then
  return 0
end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'until_ms', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
