-- Takes one revision of a post in, in its account's shard: idempotency, the durable stream entry, the claim, the counters. All or nothing.
-- KEYS: posts stream, post hash, counters hash
-- ARGV: 1 account, 2 revision, 3 content hash, 4 record, 5 group, 6 consumer, 7 now (ms), 8 keep (s)
-- Returns {status, entry or decision id or '', posts_1m, posts_1h, posts_1d}; status is one of
--   new, pending, decided, conflict, withdrawn, other_account
local posts, post, counters = KEYS[1], KEYS[2], KEYS[3]
local account, revision, content, record = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local group, consumer, now, keep = ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])

local seen = redis.call('HMGET', post, 'account', 'withdraw_ms', 'c:' .. revision, 'd:' .. revision .. ':submit', 'e:' .. revision, 'rev')
if seen[1] and seen[1] ~= account then return {'other_account', '', 0, 0, 0} end
if seen[3] then
  if seen[3] ~= content then return {'conflict', '', 0, 0, 0} end
  if seen[4] then return {'decided', seen[4], 0, 0, 0} end
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
local names, sizes = {'m', 'h', 'd'}, {60000, 3600000, 86400000}
local was = redis.call('HMGET', counters, 'm:b', 'm:c', 'm:p', 'h:b', 'h:c', 'h:p', 'd:b', 'd:c', 'd:p')
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
return {'new', entry, counts[1], counts[2], counts[3]}
