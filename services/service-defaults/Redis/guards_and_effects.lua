-- The open tail of a script: guards that must all hold, then effects. In ARGV from a place on:
--   number of guards; each: code, 'eq' | 'ne' | 'gt', key number, field, value
--   number of effects; each: command, key number, count of arguments, arguments

-- The place behind the guards, or nil and the code of the first that does not hold.
local function guards_hold(at)
  local count = tonumber(ARGV[at])
  at = at + 1
  for _ = 1, count do
    local code, operation, value = ARGV[at], ARGV[at + 1], ARGV[at + 4]
    local found = redis.call('HGET', KEYS[tonumber(ARGV[at + 2])], ARGV[at + 3])
    local holds
    if operation == 'eq' then holds = (found or '') == value
    elseif operation == 'ne' then holds = (found or '') ~= value
    else holds = tonumber(found or '0') > tonumber(value) end
    if not holds then return nil, code end
    at = at + 5
  end
  return at
end

local function effects_happen(at)
  local count = tonumber(ARGV[at])
  at = at + 1
  for _ = 1, count do
    local length = tonumber(ARGV[at + 2])
    redis.call(ARGV[at], KEYS[tonumber(ARGV[at + 1])], unpack(ARGV, at + 3, at + 2 + length))
    at = at + 3 + length
  end
end
