-- Claims reports to the authority's receiver that are due: their next time is the end of the claim, so that a replica that dies delays one
-- and loses none.
-- KEYS: 1 reports by when to try (ms)
-- ARGV: 1 now (ms), 2 end of the claim (ms), 3 how many at most
-- Returns their ids
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[2], id) end
return due
