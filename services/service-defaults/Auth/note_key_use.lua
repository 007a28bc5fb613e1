-- The last day of a key's use. Only forwards, and never for a key that was revoked meanwhile: that would bring back half of it.
-- KEYS[1] the key
-- ARGV: the day, yyyy-mm-dd
local day = redis.call('HMGET', KEYS[1], 'hash', 'used_day')
if day[1] and (not day[2] or day[2] < ARGV[1]) then
  redis.call('HSET', KEYS[1], 'used_day', ARGV[1])
end
return 0
