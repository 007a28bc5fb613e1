-- Appends an entry to the chain of what people change.
-- KEYS: 1 audit stream, 2 sequence
-- ARGV: 1 entry
-- Returns its number.
local number = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[1], string.format('%d-0', number), 'a', ARGV[1])
return number
