using System.Collections.Concurrent;

namespace Moderation.Enforcement.Host.Campaigns;

/// <summary>
/// This replica's part of the campaigns' budgets, taken in blocks, so that most posts ask nobody. Together the replicas never go over a budget; one that
/// dies leaves at most a block unused.
/// </summary>
internal sealed class CampaignBudget(CampaignBudgetStore store)
{
    private const int Parts = 50;
    private const int LargestBlock = 100;
    private readonly ConcurrentDictionary<string, Block> _blocks = new(StringComparer.Ordinal);

    /// <summary>Takes one for a post.</summary>
    /// <returns>False when the budget is spent.</returns>
    public async ValueTask<bool> TryTakeAsync(Campaign campaign)
    {
        var block = _blocks.GetOrAdd(campaign.Id, _ => new Block());
        if (block.TryTake())
        {
            return true;
        }

        await block.Refill.WaitAsync();
        try
        {
            while (!block.TryTake())
            {
                if (block.IsSpent)
                {
                    return false;
                }

                var granted = await store.ReserveAsync(campaign.Id, campaign.Budget, Math.Clamp(campaign.Budget / Parts, 1, LargestBlock));
                block.IsSpent = granted == 0;
                block.Add(granted);
            }

            return true;
        }
        finally
        {
            block.Refill.Release();
        }
    }

    /// <summary>Gives back what a post did not use after all.</summary>
    public void GiveBack(string campaign) => _blocks.GetOrAdd(campaign, _ => new Block()).Add(1);

    private sealed class Block
    {
        private long _left;

        public SemaphoreSlim Refill { get; } = new(1, 1);

        /// <summary>Nothing is left to take from the store; what is given back can still be taken here.</summary>
        public bool IsSpent { get; set; }

        public void Add(long count) => Interlocked.Add(ref _left, count);

        public bool TryTake()
        {
            if (Interlocked.Decrement(ref _left) >= 0)
            {
                return true;
            }

            Interlocked.Increment(ref _left);
            return false;
        }
    }
}
