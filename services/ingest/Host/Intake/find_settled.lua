--#include settled_post.lua
-- What a settled post leaves behind.
-- KEYS: 1 settled posts of this generation, 2 of the one before
-- ARGV: 1 field, 2 prefix of decision ids, 3 revision, or '' for the present one
-- Returns {revision, outcome, decision id}, or nil.
local settled = settled_find({KEYS[1], KEYS[2]}, ARGV[1], ARGV[2])
if not settled then return false end
local found = settled.revisions[#settled.revisions]
if ARGV[3] ~= '' then
  found = nil
  for _, revision in ipairs(settled.revisions) do
    if revision.number == ARGV[3] then found = revision end
  end
end
return found and {found.number, found.outcome, found.id} or false
