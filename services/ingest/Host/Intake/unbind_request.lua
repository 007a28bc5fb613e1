--#include compact_map.lua
-- Takes a binding of a request id back.
-- KEYS: 1 request ids of this generation, 2 of the one before
-- ARGV: 1 field
return compact_remove(KEYS[1], ARGV[1]) and 1 or compact_remove(KEYS[2], ARGV[1]) and 1 or 0
