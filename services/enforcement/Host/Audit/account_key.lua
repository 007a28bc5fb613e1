--#include compact_map.lua
-- Finds the key of an account, or destroys it.
-- KEYS: 1 keys of the shard
-- ARGV: 1 pseudonym, 2 'find' or 'destroy'
-- Returns the key that there is, or was; nil when there is none.
if ARGV[2] == 'destroy' then return compact_remove(KEYS[1], ARGV[1]) end
return compact_find(KEYS[1], ARGV[1])
