-- Writes down what became of one event: the cursor passes it, and it is done, held for another try, or dead. Only for who has the lane.
-- KEYS: 1 lease, 2 cursor, 3 held, 4 health, 5 dead letters
-- ARGV: 1 token, 2 shard, 3 sequence, 4 what ('passed': nobody wanted it; 'taken'; 'held'; 'dead'; 'resynced': as taken, and the cursor
--       goes to the sequence even if that is back), 5 record, 6 now (ms), 7 fault or '0', 8 oldest dead letter to keep (ms),
--       9 '1' if it was held before: when it is not any more, its account was erased, and nothing of it is kept
-- Returns {'1', failing since (ms) or '', number of dead letters}; {'0'} when another has the lane.
local quiet = 24 * 60 * 60 * 1000
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return {'0'} end
local shard, sequence, what, now = ARGV[2], ARGV[3], ARGV[4], ARGV[6]
local at = tonumber(redis.call('HGET', KEYS[2], shard) or '0')
if what == 'resynced' or at < tonumber(sequence) then redis.call('HSET', KEYS[2], shard, sequence) end

if ARGV[9] == '1' and redis.call('HEXISTS', KEYS[3], sequence) == 0 then what = 'erased' end
if what == 'held' then
  redis.call('HSET', KEYS[3], sequence, ARGV[5])
else
  redis.call('HDEL', KEYS[3], sequence)
end
if what == 'dead' then
  -- Ids are of the services' clock, which may stand behind an earlier one.
  local last = redis.call('XREVRANGE', KEYS[5], '+', '-', 'COUNT', 1)
  local ms = tonumber(now)
  if last[1] then ms = math.max(ms, tonumber(string.match(last[1][1], '^%d+'))) end
  redis.call('XTRIM', KEYS[5], 'MINID', ARGV[8])
  redis.call('XADD', KEYS[5], string.format('%d-*', ms), 'r', ARGV[5])
end

if what == 'taken' or what == 'resynced' then
  redis.call('HSET', KEYS[4], 'ok_ms', now)
  redis.call('HDEL', KEYS[4], 'fail_ms', 'try_ms', 'fault')
elseif ARGV[7] ~= '0' then
  -- A failure long after the one before begins anew: in between there was nothing to deliver.
  local tried = tonumber(redis.call('HGET', KEYS[4], 'try_ms') or '0')
  if tonumber(now) - tried > quiet then redis.call('HDEL', KEYS[4], 'fail_ms') end
  redis.call('HSETNX', KEYS[4], 'fail_ms', now)
  redis.call('HSET', KEYS[4], 'try_ms', now, 'fault', ARGV[7])
end
return {'1', redis.call('HGET', KEYS[4], 'fail_ms') or '', redis.call('XLEN', KEYS[5])}
