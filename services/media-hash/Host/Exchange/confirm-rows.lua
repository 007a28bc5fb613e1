-- Notes the versions under which rows of one prefix were published; see confirm-row.lua.
-- KEYS: rows. ARGV: field, incarnation, version of each. Returns the fields of which this incarnation is gone or going.
local gone = {}
for i = 1, #ARGV, 3 do
  local row = redis.call('HGET', KEYS[1], ARGV[i])
  local incarnation, version, rest
  if row then
    incarnation, version, rest = string.match(row, '^(%S+) (%S+) (.*)$')
  end
  if not row or incarnation ~= ARGV[i + 1] or version == '-1' then
    gone[#gone + 1] = ARGV[i]
  elseif version == '0' then
    redis.call('HSET', KEYS[1], ARGV[i], incarnation .. ' ' .. ARGV[i + 2] .. ' ' .. rest)
  end
end
return gone
