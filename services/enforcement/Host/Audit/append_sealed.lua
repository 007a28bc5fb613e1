-- Appends a seal to its chain, or a checkpoint to the checkpoints: only behind the one that it was made for, and not by a replica that lost its lease.
-- KEYS: 1 stream, 2 fence
-- ARGV: 1 fence of the lease, 2 hash of the one before (zeros for the first), 3 number, 4 hash, 5 record
-- Returns stored, fenced or moved.
if tonumber(ARGV[1]) < tonumber(redis.call('GET', KEYS[2]) or '0') then return 'fenced' end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local number, hash = 0, string.rep('\0', 32)
if #last > 0 then
  number = tonumber(string.match(last[1][1], '^%d+'))
  for i = 1, #last[1][2], 2 do
    if last[1][2][i] == 'h' then hash = last[1][2][i + 1] end
  end
end
if number + 1 ~= tonumber(ARGV[3]) or hash ~= ARGV[2] then return 'moved' end
redis.call('XADD', KEYS[1], ARGV[3] .. '-0', 's', ARGV[5], 'h', ARGV[4])
redis.call('SET', KEYS[2], ARGV[1])
return 'stored'
