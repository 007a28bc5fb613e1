--#include compact_map.lua
-- The keys of accounts, made where there are none.
-- KEYS: 1 keys of the shard
-- ARGV: pairs of a pseudonym and the key that it gets if it has none
-- Returns the keys in the same order.
local keys = {}
for i = 1, #ARGV, 2 do
  local key = compact_find(KEYS[1], ARGV[i])
  if not key then
    key = ARGV[i + 1]
    compact_put(KEYS[1], ARGV[i], key, 0)
  end
  keys[#keys + 1] = key
end
return keys
