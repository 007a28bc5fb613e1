using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Posts that are not decided yet, posts in quarantine, and the counters of the account.</summary>
internal sealed class IntakeHoldingStore(RedisConnectionStore redis) : IAccountHolding
{
    private const int Page = 500;

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    public string Kind => "intake";

    public async IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (kind, stream) in new[] { ("intake", KeySpace.Posts(trail.Shard)), ("quarantine", KeySpace.Quarantine(trail.Shard)) })
        {
            await foreach (var (_, record) in EntriesAsync(stream, trail))
            {
                yield return HeldRecord.Of(kind, record);
            }
        }

        var counters = await Database.HashGetAllAsync(KeySpace.Counters(trail.Shard, trail.TenantId, trail.AccountId));
        if (counters.Length > 0)
        {
            yield return new HeldRecord("counters", JsonSerializer.Serialize(counters.ToDictionary(c => c.Name.ToString(), c => c.Value.ToString())));
        }
    }

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        var (count, pending) = (0L, false);
        await foreach (var (id, _) in EntriesAsync(KeySpace.Quarantine(trail.Shard), trail))
        {
            count += await Database.StreamDeleteAsync(KeySpace.Quarantine(trail.Shard), [id]);
        }

        // What is in flight is decided within seconds; taking it away from whoever works on it would only leave the post half known.
        await foreach (var _ in EntriesAsync(KeySpace.Posts(trail.Shard), trail))
        {
            pending = true;
        }

        count += await Database.KeyDeleteAsync(KeySpace.Counters(trail.Shard, trail.TenantId, trail.AccountId)) ? 1 : 0;
        return new HoldingErased(count, pending);
    }

    private async IAsyncEnumerable<(RedisValue Id, IntakeRecord Record)> EntriesAsync(string stream, AccountTrail trail)
    {
        RedisValue from = "-";
        while (true)
        {
            var rows = await Database.StreamRangeAsync(stream, from, "+", Page);
            foreach (var row in rows)
            {
                if ((byte[]?)row["r"] is { } bytes && IntakeRecord.Parser.ParseFrom(bytes) is var record && record.TenantId == trail.TenantId
                    && record.Post.AccountId == trail.AccountId)
                {
                    yield return (row.Id, record);
                }
            }

            if (rows.Length < Page)
            {
                yield break;
            }

            from = string.Create(CultureInfo.InvariantCulture, $"({rows[^1].Id}");
        }
    }
}
