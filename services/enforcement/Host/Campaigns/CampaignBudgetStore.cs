using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Campaigns;

/// <summary>How much of each campaign's budget the replicas have taken.</summary>
internal sealed class CampaignBudgetStore(RedisConnectionStore redis)
{
    private static readonly EmbeddedScript Reserve = EmbeddedScript.Load(typeof(CampaignBudgetStore).Assembly, "reserve_block.lua");
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>Takes a block, or what is left.</summary>
    /// <returns>How much; 0 when the budget is spent.</returns>
    public async Task<long> ReserveAsync(string campaign, long budget, long block)
        => (long)await Reserve.RunAsync(
            redis.Multiplexer.GetDatabase(), [KeySpace.CampaignBudget(campaign)], [budget, block, (long)Kept.TotalMilliseconds]);
}
