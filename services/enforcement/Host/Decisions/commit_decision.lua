--#include settled_post.lua
--#include guards_and_effects.lua
--#include account_ledger.lua
-- Commits one decision in its account's shard: the decision with its notice and statement, the audit entry, the outbox event, and what else
-- changes with it (ledger, review tasks, appeals, index by evidence), or nothing. Once by (post, revision, cause).
--
-- KEYS: 1 post, 2 decision, 3 outbox, 4 outbox sequence, 5 audit, 6 audit sequence, 7 standing, 8 settled posts of this generation, 9 of the
--       one before; 10 and on: keys of guards and effects
-- ARGV: 1 account, 2 revision, 3 cause, 4 decision id, 5 record, 6 restrictive ('1' or '0'), 7 expected place ('current' or 'superseded'),
--       8 expected current decision, 9 expected open task, 10 expected version of the standing or '*', 11 name and 12 value of the event's field,
--       13 audit entry, 14 outbox length, 15 keep till (ms), 16 now (ms), 17 the task that is open after this, or '',
--       18 takes effect: '1' when it becomes the current decision, '0' when it is only recorded,
--       19 field of the post among the settled, 20 mark of its account there, 21 prefix of decision ids, 22 keep a restored post (ms),
--       23 and on: guards and effects
-- Returns {status, ...}: committed and the decision id; repeated and the id committed before; archived, the id committed before and its outcome,
-- when that has settled since; stale and the place, current decision and open
-- task as they are now; refused and the code of the guard; other_account; unexplained.
local post, account, revision, cause, id = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]

-- A post that has settled is made whole again before anything is decided about it.
if redis.call('EXISTS', post) == 0 then
  local settled = settled_find({KEYS[8], KEYS[9]}, ARGV[19], ARGV[21])
  if settled then
    if settled.mark ~= ARGV[20] then return {'other_account', ''} end
    settled_restore(post, settled, ARGV[19], account, ARGV[22])
  end
end

local decided = 'd:' .. revision .. ':' .. cause
local seen = redis.call('HMGET', post, 'account', 'rev', 'withdraw_ms', decided, 'current', 'task', 'keep_till_ms')
if seen[1] and seen[1] ~= account then return {'other_account', ''} end
if seen[4] then
  local archived = redis.call('HGET', post, 's:' .. seen[4])
  if archived then return {'archived', seen[4], string.match(archived, '%d+$')} end
  return {'repeated', seen[4]}
end

local latest = tonumber(seen[2] or '0')
local place = 'current'
if seen[3] or latest > tonumber(revision) then place = 'superseded' end
local current, task = seen[5] or '', seen[6] or ''
if place ~= ARGV[7] or (place == 'current' and (current ~= ARGV[8] or task ~= ARGV[9])) then return {'stale', place, current, task} end
if ARGV[10] ~= '*' and ledger_version(KEYS[7]) ~= ARGV[10] then return {'stale', place, current, task} end

-- No measure without its explanation: a record begins with its format, the length of its notice and the length of its statement.
if ARGV[6] == '1' then
  local _, notice, statement = struct.unpack('>BHH', ARGV[5])
  if notice == 0 or statement == 0 then return {'unexplained', ''} end
end

local effects, code = guards_hold(23)
if not effects then return {'refused', code} end

redis.call('SET', KEYS[2], ARGV[5])
local row = {'account', account, 'rev', string.format('%d', math.max(latest, tonumber(revision))), decided, id}
if place == 'current' and ARGV[18] == '1' then
  row[#row + 1] = 'current'
  row[#row + 1] = id
end
if place == 'current' then
  if ARGV[17] ~= '' then
    row[#row + 1] = 'task'
    row[#row + 1] = ARGV[17]
  elseif task ~= '' then
    redis.call('HDEL', post, 'task')
  end
end
-- A post stays as long as the longest-kept of its decisions; intake takes its end away while a revision is pending.
local till, now = math.max(tonumber(seen[7] or '0'), tonumber(ARGV[15])), tonumber(ARGV[16])
row[#row + 1] = 'keep_till_ms'
row[#row + 1] = string.format('%d', till)
redis.call('HSET', post, unpack(row))

effects_happen(effects)

local sequence = redis.call('INCR', KEYS[4])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[14], string.format('%d-0', sequence), ARGV[11], ARGV[12])
local number = redis.call('INCR', KEYS[6])
redis.call('XADD', KEYS[5], string.format('%d-0', number), 'a', ARGV[13])

-- Lifetimes are relative, because the services' clock and Redis' own need not agree.
redis.call('PEXPIRE', KEYS[2], string.format('%d', tonumber(ARGV[15]) - now))
redis.call('PEXPIRE', post, string.format('%d', till - now))
return {'committed', id}
