--#include guards_and_effects.lua
-- Records something that is no decision in an account's shard: what changes, with its audit entry and event, or nothing.
-- KEYS: 1 audit, 2 audit sequence, 3 outbox, 4 outbox sequence; 5 and on: keys of guards and effects
-- ARGV: 1 audit entry, 2 event or '', 3 outbox length, 4 and on: guards and effects
-- Returns {'recorded', ''} or {'refused', code of the guard}
local effects, code = guards_hold(4)
if not effects then return {'refused', code} end
effects_happen(effects)
if ARGV[2] ~= '' then
  local sequence = redis.call('INCR', KEYS[4])
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[3], string.format('%d-0', sequence), 'e', ARGV[2])
end
local number = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[1], string.format('%d-0', number), 'a', ARGV[1])
return {'recorded', ''}
