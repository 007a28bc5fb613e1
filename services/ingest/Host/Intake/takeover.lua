-- Claims what another consumer left, oldest first.
-- KEYS: posts stream
-- ARGV: 1 group, 2 the consumer that left it, 3 the consumer that takes it, 4 count
-- Returns {id, record, id, record, ...}; entries that were deleted meanwhile are acknowledged.
local group, from, to = ARGV[1], ARGV[2], ARGV[3]
local pending = redis.call('XPENDING', KEYS[1], group, '-', '+', tonumber(ARGV[4]), from)
local taken = {}
for _, row in ipairs(pending) do
  local found = redis.call('XRANGE', KEYS[1], row[1], row[1])
  if #found == 0 then
    redis.call('XACK', KEYS[1], group, row[1])
  else
    redis.call('XCLAIM', KEYS[1], group, to, 0, row[1], 'JUSTID')
    taken[#taken + 1] = row[1]
    taken[#taken + 1] = found[1][2][2]
  end
end
if from ~= to and #pending < tonumber(ARGV[4]) then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], group, from) end
return taken
