-- Stores a job unless it is there, and takes what it looks back for from what was noted.
-- KEYS: job, jobs, open jobs, noted entries. ARGV: id, record, now (ms), kept (ms), noted fields and their values as they were read.
-- Returns the record that is there now.
local before = redis.call('GET', KEYS[1])
if before then
  return before
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', tonumber(ARGV[3]) - tonumber(ARGV[4])))
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
-- What was noted again since then stays for the next job.
for i = 5, #ARGV, 2 do
  if redis.call('HGET', KEYS[4], ARGV[i]) == ARGV[i + 1] then
    redis.call('HDEL', KEYS[4], ARGV[i])
  end
end
return ARGV[2]
