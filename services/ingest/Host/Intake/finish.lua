-- Takes a decided or quarantined entry out of the stream, in one step: an entry that is acknowledged but not deleted would stay for ever.
-- KEYS: posts stream, post hash, quarantine stream
-- ARGV: 1 group, 2 entry, 3 revision, 4 'decided' or the reason for quarantine
local entry, revision, reason = ARGV[2], ARGV[3], ARGV[4]
-- Overlapping work may have decided it meanwhile; then there is nothing to put aside.
if reason ~= 'decided' and redis.call('HEXISTS', KEYS[2], 'd:' .. revision .. ':submit') == 0 then
  local found = redis.call('XRANGE', KEYS[1], entry, entry)
  if #found == 0 then return 0 end
  redis.call('XADD', KEYS[3], '*', 'r', found[1][2][2], 'reason', reason)
  redis.call('HSET', KEYS[2], 'q:' .. revision, reason)
end
if redis.call('HGET', KEYS[2], 'e:' .. revision) == entry then redis.call('HDEL', KEYS[2], 'e:' .. revision) end
redis.call('XACK', KEYS[1], ARGV[1], entry)
return redis.call('XDEL', KEYS[1], entry)
