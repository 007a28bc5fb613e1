-- Gives a lease back, so that another need not wait for its end.
-- KEYS: 1 lease
-- ARGV: 1 holder
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
return redis.call('HSET', KEYS[1], 'end_ms', '0')
