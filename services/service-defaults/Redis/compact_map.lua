-- A compact map: many small values in few keys. A node is a hash of at most 128 fields, which Redis keeps as one packed block (its default
-- hash-max-listpack-entries; values stay within 64 bytes). Below a node hang up to 32 others, chosen by the next byte of the field; a field goes into the
-- first node on its way that has room. Fields are as good as random, so nodes fill evenly. All nodes share the slot of the root, whose
-- name begins theirs; only the root is among KEYS.
local function compact_child(node, field, depth)
  return node .. (depth == 0 and ':' or '') .. string.format('%02x', string.byte(field, depth + 1) % 32)
end

-- The value of a field, with its node; false when there is none.
local function compact_find(root, field)
  local node = root
  for depth = 0, #field - 1 do
    local value = redis.call('HGET', node, field)
    if value then return #value > 0 and value, node, depth end
    node = compact_child(node, field, depth)
    if redis.call('EXISTS', node) == 0 then return false end
  end
  return false
end

-- Sets a field. A node that is new lives for keep milliseconds; 0: without end.
local function compact_put(root, field, value, keep)
  local _, node = compact_find(root, field)
  if not node then
    node = root
    for depth = 0, #field - 1 do
      local size = redis.call('HLEN', node)
      if size < 128 or depth == #field - 1 then
        redis.call('HSET', node, field, value)
        if size == 0 and keep > 0 then redis.call('PEXPIRE', node, string.format('%d', keep)) end
        return
      end
      node = compact_child(node, field, depth)
    end
  end
  redis.call('HSET', node, field, value)
end

-- Removes a field. The last one of a node that hangs below another stays as an empty value: without its node, what hangs below would not be found.
local function compact_remove(root, field)
  local value, node, depth = compact_find(root, field)
  if not value then return false end
  if depth > 0 and redis.call('HLEN', node) == 1 then
    redis.call('HSET', node, field, '')
  else
    redis.call('HDEL', node, field)
  end
  return value
end
