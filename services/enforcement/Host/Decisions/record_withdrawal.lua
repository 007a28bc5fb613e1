-- Records that a post was withdrawn and closes its review task. Once; the first time counts.
-- KEYS: 1 post, 2 outbox, 3 outbox sequence, 4 audit, 5 audit sequence, 6 its task, 7 the text that a report came with,
--       8 closed tasks, 9 and on: the queues that its task may be in
-- ARGV: 1 account, 2 now (ms), 3 event, 4 audit entry, 5 outbox length, 6 expected task, 7 expected current decision, 8 keep a closed task (ms)
-- Returns {status, time of the withdrawal (ms)}: withdrawn, stale (the task or the decision is another by now), unknown (no such post)
local seen = redis.call('HMGET', KEYS[1], 'account', 'withdraw_ms', 'task', 'current')
if seen[1] ~= ARGV[1] then return {'unknown', '0'} end
if seen[2] then return {'withdrawn', seen[2]} end
if (seen[3] or '') ~= ARGV[6] or (seen[4] or '') ~= ARGV[7] then return {'stale', '0'} end
redis.call('HSET', KEYS[1], 'withdraw_ms', ARGV[2])
if seen[3] then
  redis.call('HSET', KEYS[6], 's', 'closed')
  redis.call('PEXPIRE', KEYS[6], ARGV[8])
  for i = 9, #KEYS do redis.call('ZREM', KEYS[i], seen[3]) end
  redis.call('SADD', KEYS[8], seen[3])
  redis.call('HDEL', KEYS[1], 'task')
end
redis.call('DEL', KEYS[7])
local sequence = redis.call('INCR', KEYS[3])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], string.format('%d-0', sequence), 'e', ARGV[3])
local number = redis.call('INCR', KEYS[5])
redis.call('XADD', KEYS[4], string.format('%d-0', number), 'a', ARGV[4])
return {'withdrawn', ARGV[2]}
