--#include settled_post.lua
-- Lets a decision without a measure and without a review task leave the store: its record is in the archive. When nothing else keeps the post, the post
-- leaves too, but for what answers a repeated call. Idempotent.
-- KEYS: 1 post, 2 decision, 3 settled posts of this generation, 4 posts whose owner is to be made small
-- ARGV: 1 decision id, 2 revision, 3 outcome, 4 account, 5 mark of the account, 6 field of the post, 7 keep a node (ms), 8 time of the decision (ms),
--       9 the post in KEYS[4]
-- Returns settled (the post left), shrunk (the decision alone left) or kept.
local post, id, revision, account = KEYS[1], ARGV[1], ARGV[2], ARGV[4]
local row, fields = {}, redis.call('HGETALL', post)
for i = 1, #fields, 2 do row[fields[i]] = fields[i + 1] end
-- Pending: whoever took it in may still ask for the decision. A task is open: whoever reviews it needs the decision.
if row['account'] ~= account or row['d:' .. revision .. ':submit'] ~= id or row['e:' .. revision] or row['task'] then return 'kept' end
-- Something else was decided about the post: what that rests on stays as long as it does.
for field in pairs(row) do
  if string.sub(field, 1, 2) == 'd:' and not string.match(field, '^d:%d+:submit$') then return 'kept' end
end

redis.call('HSET', post, 's:' .. id, revision .. ':' .. ARGV[3])
row['s:' .. id] = revision .. ':' .. ARGV[3]
redis.call('UNLINK', KEYS[2])

-- The post leaves only when all that is known of it fits into what stays; any field that is not named here keeps it.
local revisions = {}
for field, value in pairs(row) do
  local decided = string.match(field, '^d:(%d+):submit$')
  if decided then
    local outcome, content = string.match(row['s:' .. value] or '', '^%d+:(%d+)$'), row['c:' .. decided]
    if not outcome or not content or #content < 16 or tonumber(decided) > 4294967295 then return 'shrunk' end
    revisions[#revisions + 1] = {number = tonumber(decided), outcome = tonumber(outcome), content = content, id = value}
  elseif not (field == 'account' or field == 'rev' or field == 'current' or field == 'keep_till_ms' or string.match(field, '^[cs]:')) then
    return 'shrunk'
  end
end
table.sort(revisions, function(a, b) return a.number < b.number end)
local last = revisions[#revisions]
if #revisions > 2 or row['current'] ~= last.id or row['rev'] ~= string.format('%d', last.number) then return 'shrunk' end

local packed = ARGV[5]
for _, entry in ipairs(revisions) do
  local content = string.gsub(string.sub(entry.content, 1, 16), '%x%x', function(byte) return string.char(tonumber(byte, 16)) end)
  packed = packed .. struct.pack('>I4B', entry.number, entry.outcome) .. content .. ulid_bytes(string.match(entry.id, '[^_]+$'))
end
compact_put(KEYS[3], ARGV[6], packed, tonumber(ARGV[7]))
redis.call('HSET', KEYS[4], ARGV[9], account .. '\n' .. ARGV[8])
redis.call('UNLINK', post)
return 'settled'
