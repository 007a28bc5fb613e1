-- Puts one dead letter back among what is held, to be tried now. Twice is once.
-- KEYS: 1 dead letters, 2 held, 3 cursor
-- ARGV: 1 dead letter, 2 sequence, 3 record
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('HINCRBY', KEYS[3], 'v', 1)
return 1
