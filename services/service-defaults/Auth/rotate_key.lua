-- A second secret for a key, beside the present one until it ends.
-- KEYS[1] the key
-- ARGV: tenant, hash of the new secret, now, end of the present secret, new end of the key or '', request id or ''; times in Unix ms
-- Answers: {'rotated'}, {'absent'}, {'rotating', end of the old secret}, {'expired'}
local row = redis.call('HMGET', KEYS[1], 'tenant', 'hash', 'prev_end_ms', 'rotate_request', 'expire_ms')
local now = tonumber(ARGV[3])
if row[1] ~= ARGV[1] or not row[2] then
  return {'absent'}
end
if ARGV[5] == '' and row[5] and tonumber(row[5]) <= now then
  return {'expired'}
end

local rotating = row[3] and tonumber(row[3]) > now
local again = rotating and ARGV[6] ~= '' and row[4] == ARGV[6]
if rotating and not again then
  return {'rotating', tonumber(row[3])}
end

if not again then
  redis.call('HSET', KEYS[1], 'prev_hash', row[2], 'prev_end_ms', ARGV[4], 'rotate_request', ARGV[6])
end
redis.call('HSET', KEYS[1], 'hash', ARGV[2])
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[1], 'expire_ms', ARGV[5])
end
return {'rotated'}
