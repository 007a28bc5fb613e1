-- Changes what decides, with its history and its audit entry, or nothing: only if nobody has changed it since it was read.
-- KEYS: 1 state, 2 versions, 3 names, 4 history, 5 audit, 6 audit sequence, 7 campaigns
-- ARGV: 1 state version that was read ('0' when there was none), 2 state version after, 3 state, 4 change for the history, 5 audit entry,
--       6 and 7 a campaign that changes with it: id and record, or empty,
--       8 and on, three for each new version of the policy: number, name, record
-- Returns {'changed', ''}, {'stale', the present state version} or {'taken', the number of the version that has the name}
local present = redis.call('HGET', KEYS[1], 'v') or '0'
if present ~= ARGV[1] then return {'stale', present} end
for i = 8, #ARGV, 3 do
  local number = redis.call('HGET', KEYS[3], ARGV[i + 1])
  if number and number ~= ARGV[i] then return {'taken', number} end
end
for i = 8, #ARGV, 3 do
  redis.call('HSET', KEYS[3], ARGV[i + 1], ARGV[i])
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 2])
end
if ARGV[6] ~= '' then redis.call('HSET', KEYS[7], ARGV[6], ARGV[7]) end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'r', ARGV[3])
redis.call('XADD', KEYS[4], ARGV[2] .. '-0', 'c', ARGV[4])
local number = redis.call('INCR', KEYS[6])
redis.call('XADD', KEYS[5], string.format('%d-0', number), 'a', ARGV[5])
return {'changed', ''}
