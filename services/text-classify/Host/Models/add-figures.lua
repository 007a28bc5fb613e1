-- Adds a replica's counts to those of a pair of models, each batch once.
-- KEYS: figures. ARGV: replica, the batch's number, when its first text was counted, now (both in ms), how long to keep them (ms), then field, count, ...
-- Returns 1, or 0 when the batch was added before.
local replica = 'r:' .. ARGV[1]
if tonumber(ARGV[2]) <= tonumber(redis.call('HGET', KEYS[1], replica) or '0') then
  return 0
end
redis.call('HSET', KEYS[1], replica, ARGV[2], 'last_ms', ARGV[4])
redis.call('HSETNX', KEYS[1], 'first_ms', ARGV[3])
for i = 6, #ARGV, 2 do
  redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
