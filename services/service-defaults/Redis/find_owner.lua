--#include compact_map.lua
-- KEYS: 1 owner, 2 owners of settled posts in this generation, 3 in the one before
-- ARGV: 1 field
-- Returns the account, or nil.
local seen = redis.call('GET', KEYS[1])
if seen then return string.match(seen, '^[^\n]*') end
return compact_find(KEYS[2], ARGV[1]) or compact_find(KEYS[3], ARGV[1])
