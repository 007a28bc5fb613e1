-- Counts a post and its account for something that the post holds, and tells how many there are. Counting it again changes nothing.
-- KEYS: six groups of seven: posts of the last hour, day, 30 days, then accounts of the same; in each group the present part first
-- ARGV: 1 post, 2 account, 3 and on: for how long parts of the hour, the day, the 30 days are kept (ms)
-- Returns the six counts.
local counts = {}
for group = 0, 5 do
  local first = group * 7 + 1
  redis.call('PFADD', KEYS[first], group < 3 and ARGV[1] or ARGV[2])
  redis.call('PEXPIRE', KEYS[first], ARGV[3 + group % 3])
  counts[group + 1] = redis.call('PFCOUNT', unpack(KEYS, first, first + 6))
end
return counts
