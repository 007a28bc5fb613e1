--#include compact_map.lua
-- Makes the owner of a settled post small, unless the post was submitted again since its decision.
-- KEYS: 1 owner, 2 owners of settled posts in this generation
-- ARGV: 1 account, 2 time of the decision (ms), 3 keep (ms), 4 field
-- Returns 1 when it is small now.
local seen = redis.call('GET', KEYS[1])
if not seen then return compact_find(KEYS[2], ARGV[4]) and 1 or 0 end
local account, bound = string.match(seen, '^([^\n]*)\n(%d+)$')
if account ~= ARGV[1] or tonumber(bound) > tonumber(ARGV[2]) or #account > 64 then return 0 end
compact_put(KEYS[2], ARGV[4], account, tonumber(ARGV[3]))
redis.call('DEL', KEYS[1])
return 1
