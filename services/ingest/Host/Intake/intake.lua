--#include settled_post.lua
-- Takes one revision of a post in, in its account's shard: idempotency, the durable stream entry, the claim, the counters. All or nothing.
-- KEYS: 1 posts stream, 2 post hash, 3 counters hash, 4 settled posts of this generation, 5 of the one before
-- ARGV: 1 account, 2 revision, 3 content hash, 4 record, 5 group, 6 consumer, 7 now (ms), 8 keep (s), 9 field of the post in 4 and 5, 10 mark of the
--       account there, 11 prefix of decision ids, 12 keep a restored post (ms), 13 '1' when the post's owner was bound by this very call
-- Returns {status, entry or decision id or '', and when new: posts_1m, posts_1h, posts_1d, posts_7d, posts_30d}; status is one of
--   new, pending, decided, settled (decided, and moved to the archive: the third value is its outcome), conflict, withdrawn, other_account
local posts, post, counters = KEYS[1], KEYS[2], KEYS[3]
local account, revision, content, record = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local group, consumer, now, keep = ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])

local wanted = {'account', 'withdraw_ms', 'c:' .. revision, 'd:' .. revision .. ':submit', 'e:' .. revision, 'rev'}
local seen = redis.call('HMGET', post, unpack(wanted))
-- A post that nobody had submitted before this call can't have settled.
if not seen[1] and ARGV[13] ~= '1' then
  local settled = settled_find({KEYS[4], KEYS[5]}, ARGV[9], ARGV[11])
  if settled then
    if settled.mark ~= ARGV[10] then return {'other_account', '', 0, 0, 0} end
    for _, known in ipairs(settled.revisions) do
      if known.number == revision then
        if known.content ~= string.sub(content, 1, #known.content) then return {'conflict', '', 0, 0, 0} end
        return {'settled', known.id, known.outcome, 0, 0}
      end
    end
    settled_restore(post, settled, ARGV[9], account, ARGV[12])
    seen = redis.call('HMGET', post, unpack(wanted))
  end
end
if seen[1] and seen[1] ~= account then return {'other_account', '', 0, 0, 0} end
if seen[3] then
  -- Of a post that had settled, only the first half of the hash is left.
  if seen[3] ~= string.sub(content, 1, #seen[3]) then return {'conflict', '', 0, 0, 0} end
  if seen[4] then
    local archived = redis.call('HGET', post, 's:' .. seen[4])
    if archived then return {'settled', seen[4], string.match(archived, '%d+$'), 0, 0} end
    return {'decided', seen[4], 0, 0, 0}
  end
  if seen[5] then return {'pending', seen[5], 0, 0, 0} end
  -- Neither decided nor pending: it was quarantined, and this call sends it again.
end
if seen[2] then return {'withdrawn', '', 0, 0, 0} end

-- An XADD alone would leave the entry undelivered, which nobody who looks for abandoned work would ever see: the claim puts it into
-- this replica's pending list at once.
local entry = redis.call('XADD', posts, '*', 'r', record)
local claim = redis.pcall('XCLAIM', posts, group, consumer, 0, entry, 'FORCE', 'JUSTID', 'LASTID', entry)
if claim.err then
  if string.sub(claim.err, 1, 7) ~= 'NOGROUP' then
    redis.call('XDEL', posts, entry)
    return claim
  end
  redis.call('XGROUP', 'CREATE', posts, group, '0')
  redis.call('XCLAIM', posts, group, consumer, 0, entry, 'FORCE', 'JUSTID', 'LASTID', entry)
end

local latest = tonumber(seen[6] or '0')
redis.call('HSET', post, 'account', account, 'c:' .. revision, content, 'e:' .. revision, entry,
  'rev', string.format('%d', math.max(latest, tonumber(revision))))
-- A post that is new has neither a quarantine to forget nor an end to put off.
if seen[3] then redis.call('HDEL', post, 'q:' .. revision) end
if seen[6] then redis.call('PERSIST', post) end

-- Sliding windows, estimated from the present and the previous bucket as if posts were spread evenly over the previous one.
local names, sizes = {'m', 'h', 'd', 'w', 't'}, {60000, 3600000, 86400000, 604800000, 2592000000}
local was = redis.call('HMGET', counters, 'm:b', 'm:c', 'm:p', 'h:b', 'h:c', 'h:p', 'd:b', 'd:c', 'd:p', 'w:b', 'w:c', 'w:p', 't:b', 't:c', 't:p')
local fields, counts = {}, {}
for i, size in ipairs(sizes) do
  local bucket = math.floor(now / size)
  local at, current, previous = tonumber(was[3 * i - 2] or '-1'), tonumber(was[3 * i - 1] or '0'), tonumber(was[3 * i] or '0')
  if bucket == at + 1 then previous, current = current, 0 elseif bucket > at + 1 then previous, current = 0, 0 end
  if bucket >= at then at = bucket end
  current = current + 1
  local name = names[i]
  for _, value in ipairs({name .. ':b', at, name .. ':c', current, name .. ':p', previous}) do fields[#fields + 1] = value end
  local share = math.max(0, math.min(1, 1 - (now - at * size) / size))
  counts[i] = math.floor(previous * share) + current
end
redis.call('HSET', counters, unpack(fields))
redis.call('EXPIRE', counters, keep)
return {'new', entry, counts[1], counts[2], counts[3], counts[4], counts[5]}
