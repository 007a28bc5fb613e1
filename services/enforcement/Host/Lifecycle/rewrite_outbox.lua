-- Writes an outbox anew with some events replaced. Ids are gapless and can't be given twice, so all of it is taken out and put back, in one step.
-- KEYS: 1 outbox
-- ARGV: pairs of an entry id and the event that takes its place
-- Returns the number of events replaced.
local replaced, count = {}, 0
for i = 1, #ARGV, 2 do replaced[ARGV[i]] = ARGV[i + 1] end
local entries = redis.call('XRANGE', KEYS[1], '-', '+')
redis.call('UNLINK', KEYS[1])
for _, entry in ipairs(entries) do
  local event = replaced[entry[1]]
  if event then
    redis.call('XADD', KEYS[1], entry[1], 'e', event)
    count = count + 1
  else
    redis.call('XADD', KEYS[1], entry[1], unpack(entry[2]))
  end
end
return count
