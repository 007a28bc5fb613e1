-- Takes a block of a campaign's budget, or what is left of it. What is taken is never given back, so no sequence of calls takes more than the budget.
-- KEYS: 1 how much is taken
-- ARGV: 1 budget, 2 block, 3 keep for (ms)
-- Returns how much was taken; 0 when the budget is spent.
local taken = tonumber(redis.call('GET', KEYS[1]) or '0')
local granted = math.min(tonumber(ARGV[2]), tonumber(ARGV[1]) - taken)
if granted <= 0 then return 0 end
redis.call('INCRBY', KEYS[1], string.format('%d', granted))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return granted
