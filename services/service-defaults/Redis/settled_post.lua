--#include compact_map.lua
-- What a settled post leaves behind, in a compact map of its shard: 6 bytes of a hash of its account, and for each of its one or two revisions 29
-- bytes: revision (4, big-endian), outcome (1), content hash (8), ULID of the decision (16). 64 bytes at most: more would unpack the node.
local ULID_DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

local function ulid_text(bytes)
  local text, bits, rest = {}, 2, 0
  for i = 1, #bytes do
    rest, bits = rest * 256 + string.byte(bytes, i), bits + 8
    while bits >= 5 do
      bits = bits - 5
      local digit = math.floor(rest / 2 ^ bits)
      rest = rest - digit * 2 ^ bits
      text[#text + 1] = string.sub(ULID_DIGITS, digit + 1, digit + 1)
    end
  end
  return table.concat(text)
end

local function ulid_bytes(text)
  local bytes, bits, rest = {}, -2, 0
  for i = 1, #text do
    rest, bits = rest * 32 + string.find(ULID_DIGITS, string.sub(text, i, i), 1, true) - 1, bits + 5
    if bits >= 8 then
      bits = bits - 8
      local byte = math.floor(rest / 2 ^ bits)
      rest = rest - byte * 2 ^ bits
      bytes[#bytes + 1] = string.char(byte)
    end
  end
  return table.concat(bytes)
end

-- The settled post, looked for in each root: its account's mark and its revisions, the present one last; nil when there is none.
local function settled_find(roots, field, prefix)
  for _, root in ipairs(roots) do
    local value = compact_find(root, field)
    if value then
      local post = {root = root, mark = string.sub(value, 1, 6), revisions = {}}
      for at = 7, #value, 29 do
        local revision, outcome, content, ulid = struct.unpack('>I4Bc8c16', value, at)
        post.revisions[#post.revisions + 1] = {
          number = string.format('%d', revision), outcome = outcome, id = prefix .. ulid_text(ulid),
          content = (string.gsub(content, '.', function(c) return string.format('%02x', string.byte(c)) end)),
        }
      end
      return post
    end
  end
  return nil
end

-- Makes a settled post a hash again, because something about it is to change. Its decisions stay in the archive: s:<decision> = revision:outcome.
local function settled_restore(key, settled, field, account, keep)
  local row = {'account', account}
  local last = settled.revisions[#settled.revisions]
  for _, value in ipairs({'rev', last.number, 'current', last.id}) do row[#row + 1] = value end
  for _, revision in ipairs(settled.revisions) do
    for _, value in ipairs({
      'c:' .. revision.number, revision.content, 'd:' .. revision.number .. ':submit', revision.id,
      's:' .. revision.id, revision.number .. ':' .. revision.outcome,
    }) do row[#row + 1] = value end
  end
  redis.call('HSET', key, unpack(row))
  redis.call('PEXPIRE', key, string.format('%d', keep))
  compact_remove(settled.root, field)
end
