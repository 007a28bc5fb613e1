-- Notes the version under which a row was published; the first one stays.
-- KEYS: rows. ARGV: field, incarnation, version. Returns the row's version, or 0 when this incarnation is gone or going.
local row = redis.call('HGET', KEYS[1], ARGV[1])
if not row then
  return 0
end
local incarnation, version, rest = string.match(row, '^(%S+) (%S+) (.*)$')
if incarnation ~= ARGV[2] or version == '-1' then
  return 0
end
if version ~= '0' then
  return tonumber(version)
end
redis.call('HSET', KEYS[1], ARGV[1], incarnation .. ' ' .. ARGV[3] .. ' ' .. rest)
return tonumber(ARGV[3])
