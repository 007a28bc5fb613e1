-- Puts a ledger of what has to stay in the place of the whole one, unless it has changed since it was read.
-- KEYS: 1 ledger
-- ARGV: 1 version as read, 2 keep (ms) or '0' without an end, then field and value of each entry that stays
-- Returns 1, or 0 when it has changed.
if (redis.call('HGET', KEYS[1], 'v') or '') ~= ARGV[1] then return 0 end
local version = tonumber(ARGV[1] ~= '' and ARGV[1] or '0') + 1
redis.call('UNLINK', KEYS[1])
if #ARGV > 2 then
  redis.call('HSET', KEYS[1], 'v', string.format('%d', version), unpack(ARGV, 3))
  if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
end
return 1
