-- Gives a change the next version of the banks and puts it into the change stream under it.
-- KEYS: version, changes. ARGV: field, incarnation, payload (empty: removed), entries kept. Returns the version.
local version = redis.call('INCR', KEYS[1])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], string.format('%.0f-0', version),
  'entry', ARGV[1], 'incarnation', ARGV[2], 'payload', ARGV[3])
return version
