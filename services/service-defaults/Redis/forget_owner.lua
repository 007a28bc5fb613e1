--#include compact_map.lua
-- Forgets whose a post is, if it is this account's.
-- KEYS: 1 owner, 2 owners of settled posts in this generation, 3 in the one before
-- ARGV: 1 account, 2 field
-- Returns 1 when there was something to forget.
local forgotten = 0
local seen = redis.call('GET', KEYS[1])
if seen and string.match(seen, '^[^\n]*') == ARGV[1] then forgotten = redis.call('DEL', KEYS[1]) end
for i = 2, 3 do
  if compact_find(KEYS[i], ARGV[2]) == ARGV[1] then
    compact_remove(KEYS[i], ARGV[2])
    forgotten = 1
  end
end
return forgotten
