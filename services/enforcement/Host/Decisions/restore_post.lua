--#include settled_post.lua
-- Makes a settled post whole again, because something about it is to change.
-- KEYS: 1 post, 2 settled posts of this generation, 3 of the one before
-- ARGV: 1 account, 2 field of the post among the settled, 3 mark of its account there, 4 prefix of decision ids, 5 keep it (ms)
-- Returns 1 when it is whole, else 0.
if redis.call('EXISTS', KEYS[1]) == 1 then return 1 end
local settled = settled_find({KEYS[2], KEYS[3]}, ARGV[2], ARGV[4])
if not settled or settled.mark ~= ARGV[3] then return 0 end
settled_restore(KEYS[1], settled, ARGV[2], ARGV[1], ARGV[5])
return 1
