--#include settled_post.lua
-- Records that a post was withdrawn and closes its review task. Once; the first time counts.
-- KEYS: 1 post, 2 outbox, 3 outbox sequence, 4 audit, 5 audit sequence, 6 review, 7 review tasks, 8 settled posts of this generation,
--       9 of the one before
-- ARGV: 1 account, 2 now (ms), 3 event, 4 audit entry, 5 outbox length, 6 field of the post among the settled, 7 mark of its account there,
--       8 prefix of decision ids, 9 keep a restored post (ms)
-- Returns the time of the withdrawal (ms), or 0 when there is no such post of this account.

-- A post that has settled is made whole again: from now on it takes no further revisions, which has to be remembered.
if redis.call('EXISTS', KEYS[1]) == 0 then
  local settled = settled_find({KEYS[8], KEYS[9]}, ARGV[6], ARGV[8])
  if settled and settled.mark == ARGV[7] then settled_restore(KEYS[1], settled, ARGV[6], ARGV[1], ARGV[9]) end
end
local seen = redis.call('HMGET', KEYS[1], 'account', 'withdraw_ms', 'task')
if seen[1] ~= ARGV[1] then return '0' end
if seen[2] then return seen[2] end
redis.call('HSET', KEYS[1], 'withdraw_ms', ARGV[2])
if seen[3] then
  redis.call('ZREM', KEYS[6], seen[3])
  redis.call('HDEL', KEYS[7], seen[3])
  redis.call('HDEL', KEYS[1], 'task')
end
local sequence = redis.call('INCR', KEYS[3])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], string.format('%d-0', sequence), 'e', ARGV[3])
local number = redis.call('INCR', KEYS[5])
redis.call('XADD', KEYS[4], string.format('%d-0', number), 'a', ARGV[4])
return ARGV[2]
