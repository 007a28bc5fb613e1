-- Records something that is no decision in an account's shard: what changes, with its audit entry and event, or nothing.
-- KEYS: 1 audit, 2 audit sequence, 3 outbox, 4 outbox sequence; 5 and on: keys of guards and effects
-- ARGV: 1 audit entry, 2 event or '', 3 outbox length, 4 number of guards; each: code, 'eq' | 'ne' | 'gt', key number, field, value
--       then the number of effects; each: command, key number, count of arguments, arguments
-- Returns {'recorded', ''} or {'refused', code of the guard}
local at = 5
for _ = 1, tonumber(ARGV[4]) do
  local code, operation, value = ARGV[at], ARGV[at + 1], ARGV[at + 4]
  local found = redis.call('HGET', KEYS[tonumber(ARGV[at + 2])], ARGV[at + 3])
  local holds
  if operation == 'eq' then holds = (found or '') == value
  elseif operation == 'ne' then holds = (found or '') ~= value
  else holds = tonumber(found or '0') > tonumber(value) end
  if not holds then return {'refused', code} end
  at = at + 5
end
local count = tonumber(ARGV[at])
at = at + 1
for _ = 1, count do
  local length = tonumber(ARGV[at + 2])
  redis.call(ARGV[at], KEYS[tonumber(ARGV[at + 1])], unpack(ARGV, at + 3, at + 2 + length))
  at = at + 3 + length
end
if ARGV[2] ~= '' then
  local sequence = redis.call('INCR', KEYS[4])
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[3], string.format('%d-0', sequence), 'e', ARGV[2])
end
local number = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[1], string.format('%d-0', number), 'a', ARGV[1])
return {'recorded', ''}
