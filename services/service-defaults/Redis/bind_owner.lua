--#include compact_map.lua
-- Binds a post to its account, and notes the time of this submission.
-- KEYS: 1 owner, 2 owners of settled posts in this generation, 3 in the one before
-- ARGV: 1 account, 2 now (ms), 3 keep (ms), 4 field
-- Returns created, same or other.
local status = 'created'
local seen = redis.call('GET', KEYS[1])
if seen then
  if string.match(seen, '^[^\n]*') ~= ARGV[1] then return 'other' end
  status = 'same'
else
  for i = 2, 3 do
    local account = compact_find(KEYS[i], ARGV[4])
    if account then
      if account ~= ARGV[1] then return 'other' end
      -- Submitted again: what follows may have a measure, and then its owner has to be known for as long as that can be appealed.
      compact_remove(KEYS[i], ARGV[4])
      status = 'same'
    end
  end
end
redis.call('SET', KEYS[1], ARGV[1] .. '\n' .. ARGV[2], 'PX', ARGV[3])
return status
