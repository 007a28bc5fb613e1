--#include compact_map.lua
-- Binds a request id to the hash of its body, once.
-- KEYS: 1 request ids of this generation, 2 of the one before
-- ARGV: 1 field, 2 hash, 3 keep (ms)
-- Returns created, same or other.
local seen = compact_find(KEYS[1], ARGV[1]) or compact_find(KEYS[2], ARGV[1])
if seen then return seen == ARGV[2] and 'same' or 'other' end
compact_put(KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]))
return 'created'
