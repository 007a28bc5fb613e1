-- Gives changes the next versions of the banks, in their order; see publish-change.lua.
-- KEYS: version, changes. ARGV: entries kept; field, incarnation, payload of each. Returns the last version.
local version = redis.call('INCRBY', KEYS[1], (#ARGV - 1) / 3)
local number = version - (#ARGV - 1) / 3
for i = 2, #ARGV, 3 do
  number = number + 1
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[1], string.format('%.0f-0', number),
    'entry', ARGV[i], 'incarnation', ARGV[i + 1], 'payload', ARGV[i + 2])
end
return version
