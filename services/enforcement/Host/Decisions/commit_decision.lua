--#include settled_post.lua
-- Commits one decision in its account's shard: the decision with its notice and statement, the audit entry, the review task and the
-- outbox event, or nothing. Once by (post, revision, cause).
-- KEYS: 1 post, 2 decision, 3 outbox, 4 outbox sequence, 5 audit, 6 audit sequence, 7 review, 8 review tasks,
--       9 settled posts of this generation, 10 of the one before
-- ARGV: 1 account, 2 revision, 3 cause, 4 decision id, 5 body, 6 notice, 7 statement, 8 inputs, 9 restrictive ('1' or '0'),
--       10 expected place ('current' or 'superseded'), 11 event, 12 audit entry, 13 outbox length, 14 keep till (ms),
--       15 task id or '', 16 task rank, 17 task record, 18 now (ms), 19 field of the post among the settled, 20 mark of its account there,
--       21 prefix of decision ids, 22 keep a restored post (ms)
-- Returns {status, value}: committed and the decision id; repeated and the id committed before; stale and the place as it is now;
-- other_account; unexplained (a restrictive decision without its notice or statement is never stored).
local post, account, revision, cause, id = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]

-- A post that has settled is made whole again before anything else is decided about it.
if redis.call('EXISTS', post) == 0 then
  local settled = settled_find({KEYS[9], KEYS[10]}, ARGV[19], ARGV[21])
  if settled then
    if settled.mark ~= ARGV[20] then return {'other_account', ''} end
    settled_restore(post, settled, ARGV[19], account, ARGV[22])
  end
end

local seen = redis.call('HMGET', post, 'account', 'rev', 'withdraw_ms', 'd:' .. revision .. ':' .. cause, 'task', 'keep_till_ms')
if seen[1] and seen[1] ~= account then return {'other_account', ''} end
if seen[4] then
  -- What has moved to the archive is answered with what is left of it: {'archived', id, outcome}.
  local archived = redis.call('HGET', post, 's:' .. seen[4])
  if archived then return {'archived', seen[4], string.match(archived, '%d+$')} end
  return {'repeated', seen[4]}
end

local latest = tonumber(seen[2] or '0')
local place = 'current'
if seen[3] or latest > tonumber(revision) then place = 'superseded' end
if place ~= ARGV[10] then return {'stale', place} end
if ARGV[9] == '1' and (#ARGV[6] == 0 or #ARGV[7] == 0) then return {'unexplained', ''} end

redis.call('HSET', KEYS[2], 'body', ARGV[5], 'notice', ARGV[6], 'statement', ARGV[7], 'inputs', ARGV[8])
local row = {'account', account, 'rev', string.format('%d', math.max(latest, tonumber(revision))), 'd:' .. revision .. ':' .. cause, id}
if place == 'current' then
  row[#row + 1] = 'current'
  row[#row + 1] = id
  -- An open task about an earlier revision is about something that nobody can see any more.
  if seen[5] then
    redis.call('ZREM', KEYS[7], seen[5])
    redis.call('HDEL', KEYS[8], seen[5])
    redis.call('HDEL', post, 'task')
  end
  if #ARGV[15] > 0 then
    redis.call('ZADD', KEYS[7], ARGV[16], ARGV[15])
    redis.call('HSET', KEYS[8], ARGV[15], ARGV[17])
    row[#row + 1] = 'task'
    row[#row + 1] = ARGV[15]
  end
end
redis.call('HSET', post, unpack(row))

local sequence = redis.call('INCR', KEYS[4])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[13], string.format('%d-0', sequence), 'e', ARGV[11])
local number = redis.call('INCR', KEYS[6])
redis.call('XADD', KEYS[5], string.format('%d-0', number), 'a', ARGV[12])

-- A post stays as long as the longest-kept of its decisions; intake takes its end away while a revision is pending.
-- Lifetimes are relative, because the services' clock and Redis' own need not agree.
local till, now = math.max(tonumber(seen[6] or '0'), tonumber(ARGV[14])), tonumber(ARGV[18])
redis.call('HSET', post, 'keep_till_ms', string.format('%d', till))
redis.call('PEXPIRE', KEYS[2], string.format('%d', tonumber(ARGV[14]) - now))
redis.call('PEXPIRE', post, string.format('%d', till - now))
return {'committed', id}
